// Content-ID (RFC 2045 §7, RFC 8262): `<id>`, as the `cid:` URL without its scheme.
import type { HeaderCodec } from './header.ts';

/** The id without its angle brackets. */
export const contentIdHeader: HeaderCodec<string> = {
  name: 'Content-ID',
  parse: (value) => {
    const id = /^\s*<([^<>\s]+)>\s*$/.exec(value)?.[1];
    return id === undefined ? { kind: 'failure', reason: 'an id in angle brackets expected' } : { kind: 'ok', value: id };
  },
  print: (id) => `<${id}>`,
};
