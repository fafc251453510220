// Which requests are heard and which realms get an answer: strangers neither write nor learn.
import { describe, expect, it } from 'vitest';
import { NOBODY_TRUSTED, isTrustedSource, trustFlow } from '../../../main/accounts/is-trusted-source.ts';
import { createRealmGuard, isOwnTarget } from '../../../main/accounts/realm-guard.ts';
import type { Flow, Outcome } from '../../../main/sip/index.ts';
import { address, createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';

function flow(id: string, protocol: 'udp' | 'tcp', address: string): Flow {
  return { id, protocol, local: { address: '192.0.2.2', port: 4000 }, remote: { address, port: 5060 } };
}

describe('sources', () => {
  const trusted = trustFlow(trustFlow(NOBODY_TRUSTED, flow('1', 'tcp', '192.0.2.1')), flow('2', 'udp', '192.0.2.9'));
  it.each([
    ['our connection', flow('1', 'tcp', '192.0.2.1'), '192.0.2.1', true],
    ['another connection from our server', flow('5', 'tcp', '192.0.2.1'), '192.0.2.1', true],
    ['our server over UDP, from another port', flow('3', 'udp', '192.0.2.9'), '192.0.2.9', true],
    ['a stranger over UDP', flow('3', 'udp', '203.0.113.1'), '203.0.113.1', false],
    ['a stranger over TCP', flow('4', 'tcp', '203.0.113.1'), '203.0.113.1', false],
    ['a stranger on the UDP flow’s id', flow('2', 'udp', '192.0.2.9'), '203.0.113.1', false],
  ])('%s: %#', (_name, on, address, expected) => {
    expect(isTrustedSource({ flow: on, source: { address, port: 1234 } }, trusted)).toBe(expected);
  });

  it('before anything was answered nobody is trusted', () => {
    expect(isTrustedSource({ flow: flow('1', 'tcp', '192.0.2.1'), source: { address: '192.0.2.1', port: 5060 } }, NOBODY_TRUSTED)).toBe(
      false,
    );
  });
});

describe('realms', () => {
  it('of the sign-in and of the domain get an answer, others none', () => {
    const guard = createRealmGuard('voice.example.org');
    const first = guard.allows('asterisk');
    guard.close();
    expect([
      first,
      ...['asterisk', 'VOICE.example.org', 'example.org', 'sip.voice.example.org', 'evil.example', 'xample.org', ''].map((realm) =>
        guard.allows(realm),
      ),
    ]).toEqual([true, true, true, true, true, false, false, false]);
  });
});

describe('a 401 of our own realm', () => {
  const OWN = sipUri('alice', 'example.test');
  it.each([
    ['our domain', sipUri(undefined, 'EXAMPLE.test'), true],
    ['our address', OWN, true],
    ['somebody in our domain', sipUri('mallory', 'example.test'), false],
    ['somebody elsewhere with our name', sipUri('alice', '203.0.113.1'), false],
    ['no SIP URI', { kind: 'other', scheme: 'tel', rest: '+1' } as const, false],
  ])('for a request to %s: %#', (_name, requestUri, expected) => {
    expect(isOwnTarget(OWN, requestUri)).toBe(expected);
  });

  it('that a peer sends gets no digest, not even one sent ahead; our server gets both', async () => {
    const { clock, endpoint } = createTestInternet();
    const seen: string[] = [];
    const own = sipUri('alice', '192.0.2.2');
    const alice = await endpoint('192.0.2.1', {
      credentials: () => ({ user: 'alice', password: 'secret' }),
      answersServer: (requestUri) => isOwnTarget(own, requestUri),
    });
    const server = await endpoint('192.0.2.2');
    for (const method of ['REGISTER', 'MESSAGE']) {
      server.onRequest(method, ({ message }) => {
        const answers = message.headers.filter(({ name }) => name.endsWith('Authorization')).map(({ name }) => name);
        seen.push([method, ...answers].join(' '));
        if (method === 'REGISTER' && answers.length > 0) return { status: 200 };
        const name = 'WWW-Authenticate';
        return { status: 401, headers: [{ name, value: `Digest realm="example.test", nonce="n${seen.length}", qop="auth"` }] };
      });
    }
    const register = { method: 'REGISTER', uri: sipUri(undefined, '192.0.2.2'), from: address(own), to: address(own) };
    const kinds: Outcome['kind'][] = [];
    for (const request of [register, textMessage(own, sipUri('mallory', '192.0.2.2'), 'hello'), register]) {
      kinds.push((await clock.run(alice.send(request).outcome)).kind);
    }
    expect([kinds, seen]).toEqual([
      ['final', 'unauthenticated', 'final'],
      ['REGISTER', 'REGISTER Authorization', 'MESSAGE', 'REGISTER Authorization'],
    ]);
    await alice.stop();
    await server.stop();
  });
});
