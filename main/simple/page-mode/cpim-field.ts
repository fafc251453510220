// Reads single CPIM header fields (RFC 3862 §3, §4).
import type { HeaderField } from '../../sip/index.ts';

/** Names are compared with case (RFC 3862 §3.1). A language parameter (`Subject:;lang=fr …`) is not part of the value. */
export function headerOf(headers: readonly HeaderField[], name: string): string | undefined {
  const field = headers.find((candidate) => candidate.name === name);
  return field?.value.replace(/^;lang=\S+\s*/, '');
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** DateTime as RFC 3339 has it; undefined for anything else. */
export function parseIsoDate(text: string | undefined): number | undefined {
  if (text === undefined || !DATE_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
