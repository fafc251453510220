// Dates, times and numbers in words, through Intl. All inputs are milliseconds since 1970; days are the local ones.
import { current, t } from './text.svelte.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const WEEK_DAYS = 7;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(style: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${current.locale} ${style}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(current.locale, options);
    formats.set(key, made);
  }
  return made;
}

/** The first moment of the local day that holds `ms`, `days` later. */
export function startOfDay(ms: number, days = 0): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** Whole local days from `ms` to `nowMs`; 0 is today. Rounded, because a day of a clock change has 23 or 25 hours. */
export function daysBetween(ms: number, nowMs: number): number {
  return Math.round((startOfDay(nowMs) - startOfDay(ms)) / (24 * HOUR_MS));
}

export function timeOfDay(ms: number): string {
  return format('time', { hour: '2-digit', minute: '2-digit' }).format(ms);
}

export function fullTime(ms: number): string {
  return format('full', { dateStyle: 'full', timeStyle: 'medium' }).format(ms);
}

/** `Today`, `Yesterday`, `Tuesday`, `3 May`, `3 May 2025`. */
export function dayName(ms: number, nowMs: number): string {
  const days = daysBetween(ms, nowMs);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  if (days > 1 && days < WEEK_DAYS) return format('weekday', { weekday: 'long' }).format(ms);
  if (new Date(ms).getFullYear() === new Date(nowMs).getFullYear()) return format('date', { day: 'numeric', month: 'long' }).format(ms);
  return format('date-year', { day: 'numeric', month: 'long', year: 'numeric' }).format(ms);
}

/** For the end of a list's row: the time today, `Mon` this week, else the date. */
export function shortWhen(ms: number, nowMs: number): string {
  const days = daysBetween(ms, nowMs);
  if (days <= 0) return timeOfDay(ms);
  if (days < WEEK_DAYS) return format('weekday-short', { weekday: 'short' }).format(ms);
  return format('date-short', { day: '2-digit', month: '2-digit', year: '2-digit' }).format(ms);
}

/** A moment inside a sentence: `18:00` today, `Tue 18:00`, `3 May, 18:00`. */
export function moment(ms: number, nowMs: number): string {
  const days = daysBetween(nowMs, ms);
  if (days === 0) return timeOfDay(ms);
  if (Math.abs(days) < WEEK_DAYS) return format('day-time', { weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(ms);
  return format('date-time', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms);
}

const KILO = 1_000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** `482 kB`. */
export function fileSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const unit = UNITS[power] ?? 'byte';
  const value = bytes / KILO ** power;
  return new Intl.NumberFormat(current.locale, { style: 'unit', unit, maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 }).format(
    value,
  );
}

/** `just now`, `12 minutes ago`, `2 hours ago`, `3 days ago`. */
export function ago(ms: number, nowMs: number): string {
  const passed = Math.max(0, nowMs - ms);
  if (passed < MINUTE_MS) return t('time.justNow');
  if (passed < HOUR_MS) return t('time.minutesAgo', { count: Math.floor(passed / MINUTE_MS) });
  if (passed < 24 * HOUR_MS) return t('time.hoursAgo', { count: Math.floor(passed / HOUR_MS) });
  return t('time.daysAgo', { count: Math.floor(passed / (24 * HOUR_MS)) });
}
