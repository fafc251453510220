// Where the window opens: where it was, when that is still on a screen; else in the middle of the main one. Pure.
import type { WindowPlace } from './settings/schema.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const MIN_WIDTH = 360;
export const MIN_HEIGHT = 480;
const DEFAULT_WIDTH = 1_100;
const DEFAULT_HEIGHT = 760;
/** So much of the title bar must be on a screen that a hand can take it. */
const GRIP_WIDTH = 120;
const GRIP_HEIGHT = 30;

const clamp = (value: number, min: number, max: number): number => Math.max(min, Math.min(value, max));

/** Length of what two spans share. */
const overlap = (start: number, length: number, otherStart: number, otherLength: number): number =>
  Math.min(start + length, otherStart + otherLength) - Math.max(start, otherStart);

function canBeTaken(place: Area, area: Area): boolean {
  const isWideEnough = overlap(place.x, place.width, area.x, area.width) >= GRIP_WIDTH;
  return isWideEnough && overlap(place.y, GRIP_HEIGHT, area.y, area.height) >= GRIP_HEIGHT;
}

/** `workAreas`: of all screens, the main one first; without any, the window goes where the system puts a default one. */
export function placeWindow(remembered: WindowPlace | null, workAreas: readonly Area[]): WindowPlace {
  const main = workAreas[0] ?? { x: 0, y: 0, width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT };
  const home = remembered && workAreas.find((area) => canBeTaken(remembered, area));
  const area = home ?? main;
  const width = clamp(remembered?.width ?? DEFAULT_WIDTH, MIN_WIDTH, Math.max(MIN_WIDTH, area.width));
  const height = clamp(remembered?.height ?? DEFAULT_HEIGHT, MIN_HEIGHT, Math.max(MIN_HEIGHT, area.height));
  const isMaximized = remembered?.isMaximized ?? false;
  if (remembered && home) return { x: remembered.x, y: remembered.y, width, height, isMaximized };
  const x = Math.round(area.x + (area.width - width) / 2);
  const y = Math.round(area.y + (area.height - height) / 2);
  return { x, y, width, height, isMaximized };
}
