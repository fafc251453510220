// Instants as text: XML Schema dateTime and RFC 3339, to and from milliseconds since 1970. Pure arithmetic, no clock.

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})?$/;
const DAY_MS = 86_400_000;
const FIRST_MS = -62_135_596_800_000; // 0001-01-01: years of four digits only
const LAST_MS = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z

/** Milliseconds since 1970; undefined for what is no instant. A time without zone is taken as UTC (XML Schema leaves it open). */
export function parseDateTime(text: string | undefined): number | undefined {
  const match = PATTERN.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  // 24:00:00 is the end of a day, 23:59:60 a leap second: both mean the next second's start.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const local = daysBefore(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  const zone = zoneMinutes(match[8] ?? 'Z');
  return zone === undefined ? undefined : local - zone * 60_000;
}

/** `2026-11-23T08:09:10Z`, with milliseconds only where there are some. Out of range instants are clamped. */
export function printDateTime(instantMs: number): string {
  const clamped = Math.min(Math.max(Math.trunc(instantMs), FIRST_MS), LAST_MS);
  const days = Math.floor(clamped / DAY_MS);
  const { year, month, day } = dateOf(days);
  const rest = clamped - days * DAY_MS;
  const seconds = Math.floor(rest / 1000);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => digits(part, 2)).join(':');
  const fraction = rest % 1000 === 0 ? '' : `.${digits(rest % 1000, 3)}`;
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${time}${fraction}Z`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that leap days come last. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day - 1 - 719_468;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year, 1, 1) > days) year -= 1;
  while (daysBefore(year + 1, 1, 1) <= days) year += 1;
  let month = 1;
  while (month < 12 && daysBefore(year, month + 1, 1) <= days) month += 1;
  return { year, month, day: days - daysBefore(year, month, 1) + 1 };
}
