// Promise: who is not the account's own server is not heard, and nothing a person types becomes a header of its own.
//
//   Mallory (192.0.2.66)          Ada                      server
//    |-- MESSAGE ----------------->|                          |
//    |<-- 403 ---------------------|  nothing stored          |
//    |-- NOTIFY, SUBSCRIBE … ----->|  403, nothing believed   |
//                                  |-- MESSAGE, PUBLISH ----->|  typed line breaks stay inside their values
import { afterEach, expect, it } from 'vitest';
import { parseMessage } from '../../main/sip/index.ts';
import type { FlowWorld } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

const MALLORY = { address: '192.0.2.66', port: 5060 };
let world: FlowWorld;
afterEach(() => world.end());

function request(method: string, extra: readonly string[], body = ''): Buffer {
  const lines = [
    `${method} sip:ada@192.0.2.2 SIP/2.0`,
    `Via: SIP/2.0/UDP ${MALLORY.address};branch=z9hG4bK${method}${extra.length};rport`,
    'Max-Forwards: 70',
    'From: "Bob" <sip:bob@example.test>;tag=m',
    'To: <sip:ada@example.test>',
    `Call-ID: ${method}${extra.length}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:bob@${MALLORY.address}>`,
    ...extra,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

it('a stranger who knows the port is refused', async () => {
  world = await createFlowWorld();
  const { internet, clock } = world;
  const ports = new Set<number>();
  internet.onDatagram = ({ from }) => {
    if (from.address === '192.0.2.2') ports.add(from.port);
    return true;
  };
  const ada = await world.person('ada');
  const account = await ada.signIn('udp');
  const answers: string[] = [];
  const udp = await internet.host(MALLORY.address).openUdp(MALLORY, (bytes) => {
    answers.push(/^SIP\/2\.0 (\d+)/.exec(Buffer.from(bytes).toString())?.[1] ?? '?');
  });
  const requests = [
    request('MESSAGE', ['Content-Type: text/plain'], 'I am Bob'),
    request('NOTIFY', ['Event: presence', 'Subscription-State: active']),
    request('NOTIFY', ['X: 2', 'Event: presence.winfo', 'Subscription-State: active']),
  ];
  for (const port of ports) for (const bytes of requests) udp.send(bytes, { address: '192.0.2.2', port }, () => undefined);
  await clock.advance(1_000);
  expect([ports.size, answers]).toEqual([1, ['403', '403', '403']]);
  expect(ada.changes.filter(({ type }) => type === 'message-added' || type === 'request-added')).toEqual([]);
  expect((await ada.call('listConversations', { accountId: account })).conversations).toEqual([]);
  udp.close();
});

it.each(['\r\nEvil: yes', '\n\nEvil: yes', '"\r\nEvil: yes', '\0\rEvil: yes', ']]></note><evil/>\r\nEvil: yes'])(
  'typed into every field: %j',
  async (evil) => {
    world = await createFlowWorld();
    const sent: Buffer[] = [];
    const ada = await world.person('ada');
    const bob = await world.person('bob');
    const account = await ada.signIn();
    await bob.signIn();
    world.internet.onDatagram = ({ from, bytes }) => {
      if (from.address === ada.host) sent.push(Buffer.from(bytes));
      return true;
    };
    // What the bridge refuses is refused; what it takes must be harmless.
    const tried = [
      ada.core.call('updateAccount', { accountId: account, displayName: `Ada${evil}` }),
      ada.core.call('addContact', { accountId: account, address: bob.address, name: `Bob${evil}` }),
      ada.core.call('addContact', { accountId: account, address: `sip:bob${evil}@example.test` }),
      ada.core.call('setOwnPresence', { accountId: account, availability: 'busy', note: `note${evil}`, activity: `work${evil}` }),
      ada.core.call('sendMessage', { accountId: account, address: bob.address, text: `text${evil}` }),
    ];
    for (const one of tried) await world.clock.run(one);
    await world.clock.advance(5_000);
    expect(sent.length).toBeGreaterThan(3);
    const heads = sent.map((bytes) => bytes.toString().split('\r\n\r\n')[0] ?? '');
    expect(heads.filter((head) => /[\r\n]Evil/.test(head))).toEqual([]);
    expect(sent.map((bytes) => parseMessage(bytes).kind).filter((kind) => kind !== 'message')).toEqual([]);
  },
);
