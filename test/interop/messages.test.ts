// MESSAGE against a real Kamailio, SIPp and baresip, in both directions.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../build/server/ports.ts';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { Baresip } from './support/baresip.ts';
import { People } from './support/people.ts';
import { runSipp, startSipp } from './support/sipp.ts';

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startServer({ finalResponseMs: 3_000 });
});
afterAll(() => server.stop());

let people: People;
beforeEach(() => {
  people = new People(server);
});
afterEach(() => people.end());

test('a message to somebody who is not signed in is delivered when they are', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const text = 'For later — grüße 👋';
  await ada.app.call('sendMessage', { accountId: ada.accountId, address: 'sip:dave@example.test', text });
  await ada.app.change('message-changed', ({ message }) => message.state === 'accepted');
  const dave = await people.signIn('dave', 'tcp');
  const { message } = await dave.app.change('message-added', (change) => change.message.direction === 'in');
  expect({ text: message.text, address: message.address }).toEqual({ text, address: ada.address });
});

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('SIPp sends twenty, all arrive once and are answered 200', async () => {
    const ada = await people.signIn('ada', transport);
    const { sip } = await freePorts(server.host, undefined);
    const run = await runSipp({
      scenario: 'send-message',
      to: `${server.host}:${server.ports.sip}`,
      localPort: sip,
      transport,
      calls: 20,
      rate: 50,
      service: 'ada',
      keys: { domain: server.domain },
    });
    expect(run.exitCode, run.output.slice(-2_000)).toBe(0);
    const { conversations } = await ada.app.call('listConversations', {});
    const { messages } = await ada.app.call('listMessages', { conversationId: conversations[0]!.conversationId, limit: 100 });
    const expected = Array.from({ length: 20 }, (_, index) => `text ${index + 1} from SIPp`);
    expect(messages.map((message) => message.text).sort()).toEqual(expected.sort());
  });

  test('SIPp receives what we send, and a refusal is told with its reason', async () => {
    const ada = await people.signIn('ada', transport);
    const { sip } = await freePorts(server.host, undefined);
    const address = `sip:sipp@${server.host}:${sip}`;
    // WHY: an address has no transport parameter, so the proxy goes on by UDP.
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sip, transport: 'udp', calls: 3 });
    for (const text of ['one', 'two', 'three']) await ada.app.call('sendMessage', { accountId: ada.accountId, address, text });
    await ada.app.change('message-changed', ({ message }) => message.text === 'three' && message.state === 'accepted');
    expect((await accepting.ended).exitCode).toBe(0);

    const refusing = await startSipp({ scenario: 'refuse-message', localPort: sip, transport: 'udp', calls: 1, status: 415 });
    await ada.app.call('sendMessage', { accountId: ada.accountId, address, text: 'four' });
    const { message } = await ada.app.change(
      'message-changed',
      (change) => change.message.text === 'four' && change.message.state === 'failed',
    );
    expect(message.failure?.code).toBe(415);
    await refusing.ended;
  });

  test('baresip and we write to each other', async () => {
    const ada = await people.signIn('ada', transport);
    const carol = await Baresip.start(server, 'carol', ada.address, transport);
    try {
      await carol.command('message', 'hello from baresip');
      const { message } = await ada.app.change('message-added', (change) => change.message.direction === 'in');
      expect({ text: message.text, address: message.address }).toEqual({ text: 'hello from baresip', address: 'sip:carol@example.test' });
      await ada.app.call('sendMessage', { accountId: ada.accountId, address: 'sip:carol@example.test', text: 'hello baresip' });
      await ada.app.change('message-changed', (change) => change.message.text === 'hello baresip' && change.message.state === 'accepted');
      await carol.printed(/hello baresip/);
    } finally {
      await carol.stop();
    }
  });
});
