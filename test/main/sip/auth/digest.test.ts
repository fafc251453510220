// The digest against the examples of RFC 7616 §3.9, RFC 2617 §3.5 and RFC 2069, and the reading of challenges.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges, strongestByRealm } from '../../../../main/sip/auth/challenge.ts';
import { digestHash, digestResponse } from '../../../../main/sip/auth/digest.ts';
import type { DigestInput } from '../../../../main/sip/auth/digest.ts';

const NO_BODY = new Uint8Array(0);
const HELLO = new TextEncoder().encode('hello');
const RFC_7616: DigestInput = {
  algorithm: 'MD5',
  qop: 'auth',
  user: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  nonceCount: 1,
  method: 'GET',
  uriText: '/dir/index.html',
  body: NO_BODY,
};
const RFC_2617: DigestInput = {
  ...RFC_7616,
  realm: 'testrealm@host.com',
  password: 'Circle Of Life',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  cnonce: '0a4f113b',
};
/** §3.9.2. */
const RFC_7616_UTF_8: DigestInput = {
  ...RFC_7616,
  algorithm: 'SHA-512-256',
  user: 'Jäsøn Doe',
  realm: 'api@example.org',
  password: 'Secret, or not?',
  nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
  cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  uriText: '/doe.json',
};

describe('digestResponse', () => {
  it.each([
    ['RFC 7616 MD5', RFC_7616, '8ca523f5e9506fed4657c9700eebdbec'],
    ['RFC 7616 SHA-256', { ...RFC_7616, algorithm: 'SHA-256' }, '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    [
      'RFC 7616 §3.9.2 SHA-512-256, with its erratum 4897',
      RFC_7616_UTF_8,
      '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5',
    ],
    ['RFC 2617', RFC_2617, '6629fae49393a05397450978507c4ef1'],
    ['RFC 2069', { ...RFC_2617, qop: undefined }, '670fd8c2df070c60b045671b8b24ff02'],
    // The next two have no published example; the values are from the openssl command.
    ['RFC 2617 with MD5-sess', { ...RFC_2617, algorithm: 'MD5-sess' }, '8e3825c57e897f5a0dec6c2d4e5059d0'],
    ['RFC 2617 with auth-int', { ...RFC_2617, qop: 'auth-int', body: HELLO }, '4b9dff6a3247bddd2fed3d63a302e8dc'],
    ['RFC 2617 whatever the body for auth', { ...RFC_2617, body: HELLO }, '6629fae49393a05397450978507c4ef1'],
  ] as const)('is the one of %s', (_, input, expected) => {
    expect(digestResponse(input)).toBe(expected);
  });

  it('hashes the user name as RFC 7616 §3.9.2 with its erratum 4897 does', () => {
    expect(digestHash('SHA-512-256', 'Jäsøn Doe:api@example.org')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  });
});

describe('parseChallenges', () => {
  it('reads several challenges of one field, other schemes beside them, and odd spacing', () => {
    const value =
      'Basic realm="x",Digest realm="a\\"b" ,nonce = "n1",  qop="auth,auth-int",opaque="o", stale=TRUE, Digest realm="c", nonce="n2", algorithm=sha-256';
    expect(parseChallenges(value)).toEqual([
      { realm: 'a"b', nonce: 'n1', opaque: 'o', algorithm: 'MD5', qop: 'auth', isStale: true, isUserHashed: false },
      { realm: 'c', nonce: 'n2', opaque: undefined, algorithm: 'SHA-256', qop: undefined, isStale: false, isUserHashed: false },
    ]);
  });

  it.each([
    ['no realm', 'Digest nonce="n"'],
    ['no nonce', 'Digest realm="r"'],
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=SHA-1'],
    ['an unknown qop', 'Digest realm="r", nonce="n", qop="token"'],
    ['another scheme', 'Bearer realm="r", nonce="n"'],
    ['nothing', ''],
  ])('passes over %s', (_, value) => {
    expect(parseChallenges(value)).toEqual([]);
  });

  it('chooses the strongest of each realm', () => {
    const challenges = ['MD5', 'SHA-512-256', 'SHA-256'].flatMap((name) =>
      parseChallenges(`Digest realm="r", nonce="n", algorithm=${name}`),
    );
    expect(strongestByRealm([...challenges, ...parseChallenges('Digest realm="s", nonce="n"')])).toMatchObject([
      { realm: 'r', algorithm: 'SHA-512-256' },
      { realm: 's', algorithm: 'MD5' },
    ]);
  });

  it('never throws, and never finds what has no realm', () => {
    const piece = fc.constantFrom('Digest ', 'realm=', '"', 'a', '\\', ',', ' ', '=', 'nonce="n"', 'algorithm=MD5', '\u0000', 'é');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
        ),
        (value) => {
          const found = parseChallenges(value);
          expect(found.length === 0 || /realm/i.test(value)).toBe(true);
        },
      ),
    );
  });
});
