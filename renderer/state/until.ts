// Until when an "Allow until…" holds. All in milliseconds since 1970, days and weeks by the local calendar.
import { startOfDay } from '../text/format.ts';

export const untilChoices = ['for15', 'for60', 'today', 'week'] as const;
export type UntilChoice = (typeof untilChoices)[number];

const MINUTE_MS = 60_000;
const DAYS_A_WEEK = 7;

/** The moment at which a choice made at `nowMs` ends. A week ends on Sunday at midnight. */
export function untilOf(choice: UntilChoice, nowMs: number): number {
  switch (choice) {
    case 'for15':
      return nowMs + 15 * MINUTE_MS;
    case 'for60':
      return nowMs + 60 * MINUTE_MS;
    case 'today':
      return startOfDay(nowMs, 1);
    case 'week': {
      const weekDay = new Date(nowMs).getDay();
      return startOfDay(nowMs, weekDay === 0 ? 1 : DAYS_A_WEEK + 1 - weekDay);
    }
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** For an input of type datetime-local: local time to the minute. */
export function inputTime(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What was chosen in an input of type datetime-local, or null when it is empty or odd. */
export function readInputTime(text: string): number | null {
  const ms = new Date(text).getTime();
  return Number.isFinite(ms) ? ms : null;
}
