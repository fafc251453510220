// The IPv6 torture messages of RFC 5118. The Content-Length of the three messages with a body is corrected: as printed in the
// RFC it does not fit the bytes, and these messages are about addresses.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SipMessage } from '../../main/sip/message/message.ts';
import { parseMessage } from '../../main/sip/message/parse-message.ts';
import { printMessage } from '../../main/sip/message/print-message.ts';

const folder = join(import.meta.dirname, '5118');

/** Host and port of the Request-URI, of each Via, and what each Via received; undefined for a message that is refused with 400. */
const expected: Readonly<Record<string, unknown>> = {
  'ipv6-good': ['[2001:db8::10]', undefined, ['[2001:db8::9:1]', undefined, undefined]],
  'ipv6-bad': 400,
  'port-ambiguous': ['[2001:db8::10:5070]', undefined, ['[2001:db8::9:1]', undefined, undefined]],
  'port-unambiguous': ['[2001:db8::10]', 5070, ['[2001:db8::9:1]', undefined, undefined]],
  'via-received-param-with-delim': ['[2001:db8::10]', undefined, ['[2001:db8::9:1]', undefined, '[2001:db8::9:255]']],
  'via-received-param-no-delim': ['[2001:db8::10]', undefined, ['[2001:db8::9:1]', undefined, '2001:db8::9:255']],
  'ipv6-in-sdp': ['[2001:db8::10]', undefined, ['[2001:db8::20]', undefined, undefined]],
  'mult-ip-in-header': [
    'host.example.net',
    undefined,
    ['[2001:db8::9:1]', 6050, undefined],
    ['192.0.2.1', undefined, undefined],
    ['[2001:db8::9:255]', undefined, '192.0.2.200'],
  ],
  'mult-ip-in-sdp': ['[2001:db8::10]', undefined, ['[2001:db8::9:1]', undefined, undefined]],
  'ipv4-mapped-ipv6': ['example.com', undefined, ['[::ffff:192.0.2.10]', 19823, undefined], ['[::ffff:192.0.2.2]', undefined, undefined]],
  // §4.10: three colons are tolerated.
  'ipv6-bug-abnf-3-colons': ['[2001:db8:::192.0.2.1]', undefined, ['lab1.east.example.com', undefined, undefined]],
  'ipv6-correct-abnf-2-colons': ['[2001:db8::192.0.2.1]', undefined, ['lab1.east.example.com', undefined, undefined]],
};

function hosts(message: SipMessage): unknown {
  if (message.kind !== 'request' || message.uri.kind !== 'sip') return undefined;
  const vias = message.vias.map(({ host, port, parameters }) => [host, port, parameters.find(({ name }) => name === 'received')?.value]);
  return [message.uri.host, message.uri.port, ...vias];
}

describe('RFC 5118', () => {
  it('has all twelve messages', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(expected)
        .map((name) => `${name}.dat`)
        .sort(),
    );
  });

  it.each(Object.keys(expected))('%s', (name) => {
    const result = parseMessage(readFileSync(join(folder, `${name}.dat`)));
    expect(result.kind === 'message' ? hosts(result.message) : result.answerable?.status).toEqual(expected[name]);
    if (result.kind === 'message') expect(parseMessage(printMessage(result.message))).toEqual(result);
  });
});
