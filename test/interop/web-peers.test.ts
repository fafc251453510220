// The two JavaScript stacks of the web and ours, writing to each other through Kamailio, whatever transport we use.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../build/server/server.ts';
import type { DevelopmentServer } from '../../build/server/server.ts';
import { BareAgent, sipUri, until } from './support/bare-agent.ts';
import { installWebPeers, startWebPeer } from './support/web-peers.ts';

/** What is easily damaged on the way: several alphabets, line ends, and what looks like a head. */
const TEXTS = ['hello', 'Grüße, 你好, שלום 👋🏽', 'two\r\nlines\r\n\r\nContent-Length: 0\r\n'];

let server: DevelopmentServer;
const endings: (() => Promise<void>)[] = [];
beforeAll(async () => {
  installWebPeers();
  server = await startServer();
}, 180_000);
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});
afterAll(() => server.stop());

describe.each(['JsSIP', 'SIP.js'] as const)('%s', (name) => {
  test.each(['udp', 'tcp', 'tls', 'ws', 'wss'] as const)('and we over %s write to each other', async (protocol) => {
    const peer = await startWebPeer(name, server, 'carol');
    endings.push(() => peer.stop());
    const ada = await BareAgent.start(server, 'ada', protocol);
    endings.push(() => ada.stop());
    for (const text of TEXTS) {
      expect(await ada.write(sipUri(`sip:carol@${server.domain}`), text)).toMatchObject({ kind: 'final', response: { status: 200 } });
      await until(
        () => peer.texts.includes(text),
        () => `${name} heard ${JSON.stringify(peer.texts)}`,
      );
      expect(await peer.write(`sip:ada@${server.domain}`, text)).toBe(200);
      await ada.heard(text);
    }
    expect([peer.texts, ada.texts]).toEqual([TEXTS, TEXTS]);
  });
});
