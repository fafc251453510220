// Header injection and response splitting: whatever a caller or a peer puts into a field, the message has the lines this stack gave it.
import { expect, it } from 'vitest';
import type { NameAddr, Reply, SipMessage } from '../../../main/sip/index.ts';
import { parseMessage } from '../../../main/sip/index.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';

const BOB = '192.0.2.2';
const EVIL = [
  '\r\nEvil: yes',
  '\nEvil: yes',
  '\rEvil: yes',
  '\r\n\r\nEvil: yes\r\n',
  '"\r\nEvil: yes',
  '>\r\nEvil: yes',
  '\0\r\n Evil: yes',
  '\u2028Evil: yes\u0085Evil: yes',
  '%0d%0aEvil: yes',
  '", <sip:evil@example.org>;x="',
];

/** What cannot be hidden: names of headers in order, and how many addresses there are. */
function shape(bytes: Uint8Array): unknown {
  const result = parseMessage(bytes);
  if (result.kind === 'failure') return result.reason;
  const { message } = result;
  return {
    vias: message.vias.length,
    contacts: message.contacts.length,
    headers: message.headers.map(({ name }) => name),
    ...target(message),
  };
}

function target(message: SipMessage): object {
  const hosts = [message.from, message.to].map(({ uri }) => (uri.kind === 'sip' ? uri.host : uri.scheme));
  return { hosts, bodyLength: message.body.length };
}

function address(displayName: string, user: string): NameAddr {
  return { displayName, uri: sipUri(user, BOB), parameters: [{ name: 'x', value: displayName }] };
}

it.each(EVIL)('%j in a request', async (evil) => {
  const world = createTestInternet();
  const alice = await world.endpoint('192.0.2.1');
  const sent: Uint8Array[] = [];
  world.internet.onDatagram = ({ from, bytes }) => {
    if (from.address === '192.0.2.1') sent.push(bytes);
    return true;
  };
  const plain = textMessage(sipUri('alice', '192.0.2.1'), sipUri('bob', BOB), 'x');
  const send = async (text: string): Promise<unknown> => {
    const request = {
      ...plain,
      uri: sipUri(text, BOB, { parameters: [{ name: text, value: text }] }),
      from: address(text, text),
      to: address(text, text),
      contact: { user: text, uriParameters: [{ name: 'x', value: text }], parameters: [{ name: 'y', value: text }] },
      headers: [
        { name: 'Subject', value: text },
        { name: 'Event', value: text },
        { name: 'Content-Type', value: `text/plain${text}` },
      ],
    };
    const { outcome, cancel } = alice.send(request);
    await world.clock.advance(20);
    cancel();
    await outcome;
    return shape(sent.pop() ?? new Uint8Array(0));
  };
  expect(await send(evil)).toEqual(await send('harmless'));
  await alice.stop();
});

it.each(EVIL)('%j in a reply', async (evil) => {
  const world = createTestInternet();
  const bob = await world.endpoint(BOB);
  const peer = createRawPeer(world, BOB);
  const replyWith = async (text: string): Promise<unknown> => {
    const reply: Reply = {
      status: 488,
      reason: text,
      headers: [{ name: 'Warning', value: text }],
      contact: { user: text },
      toTag: text,
      body: new TextEncoder().encode('body'),
    };
    const remove = bob.onRequest('MESSAGE', () => reply);
    peer.sendUdp(rawRequest('MESSAGE', { branch: `z9hG4bK${EVIL.indexOf(text)}`, callId: `c${EVIL.indexOf(text)}` }));
    await world.clock.advance(20);
    remove();
    return shape(Buffer.from(peer.datagrams.at(-1)?.text ?? ''));
  };
  expect(await replyWith(evil)).toEqual(await replyWith('harmless'));
  peer.close();
  await bob.stop();
});

it('what a peer sent comes back on one line each: tags, display names, Call-ID and branch in a response', async () => {
  const world = createTestInternet();
  const bob = await world.endpoint(BOB);
  const peer = createRawPeer(world, BOB);
  const evil = '"A\\\rB" <sip:alice@192.0.2.7>;tag="a\\"b";x="%0d%0aEvil: yes"';
  const bare = rawRequest('MESSAGE', { branch: 'z9hG4bK%0d%0aEvil:%20yes' });
  peer.sendUdp(bare.replace('<sip:alice@192.0.2.7>;tag=a', '"Alice%0d%0aEvil: yes"\r\n <sip:al%0d%0aice@192.0.2.7>;tag=%0d%0aEvil'));
  peer.sendUdp(bare.replace('<sip:alice@192.0.2.7>;tag=a', evil).replace('Call-ID: raw', 'Call-ID: other'));
  await world.clock.advance(20);
  expect(peer.datagrams.map(({ text }) => [text.slice(0, 11), text.split(/\r\n|\r|\n/).some((line) => line.startsWith('Evil'))])).toEqual([
    ['SIP/2.0 405', false],
    // A line break inside a quoted pair is none that a header may have.
    ['SIP/2.0 400', false],
  ]);
  peer.close();
  await bob.stop();
});
