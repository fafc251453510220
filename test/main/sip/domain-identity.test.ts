// Which names of a certificate count (RFC 5922 §7).
import { describe, expect, it } from 'vitest';
import { identityMismatch } from '../../../main/sip/domain-identity.ts';

const NOT = (names: string): string => `the certificate is for ${names}, not for example.test`;

describe('identityMismatch', () => {
  it.each([
    ['a DNS name', 'DNS:example.test', undefined],
    ['a DNS name in capitals', 'DNS:Example.TEST', undefined],
    ['a SIP URI', 'URI:sip:example.test', undefined],
    ['one of several', 'DNS:other.test, URI:sip:example.test', undefined],
    ['a SIP URI of another domain beside the right DNS name', 'DNS:example.test, URI:sip:other.test', NOT('other.test')],
    ['a SIP URI with a user', 'URI:sip:alice@example.test, DNS:other.test', NOT('other.test')],
    ['a web URI', 'URI:https://example.test, DNS:other.test', NOT('other.test')],
    ['a wildcard', 'DNS:*.test', NOT('*.test')],
    ['a longer name', 'DNS:sip.example.test', NOT('sip.example.test')],
    ['a name hidden in a quoted one', 'DNS:"other.test, DNS:example.test"', NOT('other.test, dns:example.test')],
    ['an address beside the common name', 'IP Address:192.0.2.1', undefined],
  ])('%s', (_, subjectaltname, expected) => {
    expect(identityMismatch({ subjectaltname, subject: { CN: 'example.test' } }, 'example.test')).toBe(expected);
  });

  it('takes the common name only where there is no other', () => {
    expect(identityMismatch({ subject: { CN: 'example.test' } }, 'example.test')).toBeUndefined();
    expect(identityMismatch({ subjectaltname: 'DNS:other.test', subject: { CN: 'example.test' } }, 'example.test')).toBe(NOT('other.test'));
    expect(identityMismatch({}, 'example.test')).toBe(NOT('nobody'));
  });

  it('compares a numeric host with addresses', () => {
    expect(identityMismatch({ subjectaltname: 'IP Address:192.0.2.1' }, '192.0.2.1')).toBeUndefined();
    expect(identityMismatch({ subjectaltname: 'IP Address:2001:db8:0:0:0:0:0:1' }, '[2001:db8:0:0:0:0:0:1]')).toBeUndefined();
  });
});
