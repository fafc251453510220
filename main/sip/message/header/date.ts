// Date (RFC 3261 §20.17): an RFC 1123 date, always in GMT.
import type { HeaderCodec } from './header.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const pattern = /^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT\s*$/;

/** Milliseconds since 1970, in whole seconds. A date of another time zone is a failure (RFC 4475 §3.1.2.12). */
export const dateHeader: HeaderCodec<number> = {
  name: 'Date',
  parse: (value) => {
    const match = pattern.exec(value);
    const month = months.indexOf(match?.[2] ?? '');
    if (match === null || month === -1) return { kind: 'failure', reason: 'not an RFC 1123 date in GMT' };
    const [day, year, hour, minute, second] = [match[1], match[3], match[4], match[5], match[6]].map(Number);
    const ms = Date.UTC(year ?? 0, month, day, hour, minute, second);
    return { kind: 'ok', value: ms };
  },
  print: (ms) => {
    const date = new Date(ms);
    const two = (number: number): string => String(number).padStart(2, '0');
    const day = `${days[date.getUTCDay()] ?? ''}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()] ?? ''}`;
    const year = String(date.getUTCFullYear()).padStart(4, '0');
    return `${day} ${year} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} GMT`;
  },
};
