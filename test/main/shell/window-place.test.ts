// Where the window opens.
import { describe, expect, test } from 'vitest';
import { placeWindow } from '../../../main/shell/window-place.ts';

const main = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 1280, height: 1024 };
const place = { x: 2000, y: 100, width: 900, height: 700, isMaximized: false };

describe('placeWindow', () => {
  test('the first time: the middle of the main screen', () => {
    expect(placeWindow(null, [main, second])).toEqual({ x: 410, y: 140, width: 1100, height: 760, isMaximized: false });
  });
  test('where it was, when that screen is there', () => {
    expect(placeWindow(place, [main, second])).toEqual(place);
  });
  test('the middle of the main screen, same size, when its screen is gone', () => {
    expect(placeWindow(place, [main])).toEqual({ x: 510, y: 170, width: 900, height: 700, isMaximized: false });
  });
  test('not where only a corner of the title bar could be taken', () => {
    expect(placeWindow({ ...place, x: 1850, y: 1030 }, [main])).toEqual({ x: 510, y: 170, width: 900, height: 700, isMaximized: false });
  });
  test('no larger than its screen, no smaller than a phone', () => {
    const small = { x: 0, y: 0, width: 800, height: 600 };
    expect(placeWindow({ ...place, x: 10, y: 10 }, [small])).toEqual({ x: 10, y: 10, width: 800, height: 600, isMaximized: false });
    expect(placeWindow({ ...place, x: 10, y: 10, width: 200, height: 50 }, [small])).toEqual({
      x: 10,
      y: 10,
      width: 360,
      height: 480,
      isMaximized: false,
    });
  });
  test('maximized stays maximized', () => {
    expect(placeWindow({ ...place, isMaximized: true }, [main, second])).toEqual({ ...place, isMaximized: true });
  });
});
