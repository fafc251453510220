// STUN Binding messages: RFC 5769's own test vectors, round trips, and bytes of any kind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeStun, parseStun, printStunRequest, printStunSuccess } from '../../../../main/sip/transport/stun.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const ID = 'b7e7a701bc34d686fa87dfae';

/** The header and XOR-MAPPED-ADDRESS of RFC 5769 §2.2 and §2.3, without the attributes that need a password. */
const V4 = bytes(`0101 000c 2112a442 ${ID} 0020 0008 0001 a147 e112a643`);
const V6 = bytes(`0101 0018 2112a442 ${ID} 0020 0014 0002 a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9`);

describe('parseStun', () => {
  it.each([
    ['IPv4', V4, { address: '192.0.2.1', port: 32_853 }],
    ['IPv6', V6, { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 }],
  ])('reads the %s answer of RFC 5769', (_, answer, mapped) => {
    expect(parseStun(answer)).toEqual({ kind: 'success', transactionId: ID, mapped });
    expect(printStunSuccess(ID, mapped)).toEqual(Buffer.from(answer));
  });

  it('reads a plain MAPPED-ADDRESS behind an attribute it does not know', () => {
    const answer = bytes(`0101 0014 2112a442 ${ID} 8022 0003 61626300 0001 0008 0001 8055 c0000201`);
    expect(parseStun(answer)).toEqual({ kind: 'success', transactionId: ID, mapped: { address: '192.0.2.1', port: 32_853 } });
  });

  it('reads a request and an error', () => {
    expect(parseStun(printStunRequest(bytes(ID)))).toEqual({ kind: 'request', transactionId: ID });
    expect(parseStun(bytes(`0111 0000 2112a442 ${ID}`))).toEqual({ kind: 'error', transactionId: ID });
  });

  it.each([
    ['too short', '0101 0000 2112a442'],
    ['another cookie', `0101 0000 2112a443 ${ID}`],
    ['another length', `0101 0004 2112a442 ${ID}`],
    ['another method', `0102 0000 2112a442 ${ID}`],
  ])('refuses %s', (_, hex) => {
    expect(parseStun(bytes(hex))).toBe(undefined);
  });

  it('never takes SIP for STUN, and never throws', () => {
    expect(looksLikeStun(new TextEncoder().encode('OPTIONS sip:a SIP/2.0\r\n\r\n'))).toBe(false);
    const mutated = fc.array(fc.tuple(fc.nat(V6.length - 1), fc.nat(255)), { maxLength: 5 }).map((changes) => {
      const copy = Uint8Array.from(V6);
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), (some) => {
        expect(['undefined', 'request', 'success', 'error']).toContain(parseStun(some)?.kind ?? 'undefined');
      }),
    );
  });
});
