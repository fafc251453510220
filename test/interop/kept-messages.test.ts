// Kamailio's msilo, which keeps texts for those who are away and hands them out changed: time, order, mark, and each once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { People } from './support/people.ts';
import { simplePerson, uri } from './support/simple-person.ts';

describe.each([
  ['as it is stored', false],
  ['with a line before the text', true],
])('%s', (_name, prefixesOfflineTexts) => {
  let server: DevelopmentServer;
  beforeAll(async () => {
    server = await startServer({ finalResponseMs: 2_000, prefixesOfflineTexts });
  });
  afterAll(() => server.stop());

  let people: People;
  beforeEach(() => {
    people = new People(server);
  });
  afterEach(() => people.end());

  test('texts from before and after they knew each other arrive once, with their time, in order and marked', async () => {
    const ada = await people.signIn('ada', 'tcp');
    const dave = await people.signIn('dave', 'tcp');
    const toDave = { accountId: ada.accountId, address: dave.address };
    const say = async (text: string): Promise<void> => {
      await ada.app.call('sendMessage', { ...toDave, text });
      await ada.app.change('message-changed', ({ message }) => message.text === text && message.state === 'accepted');
    };
    await say('hello');
    await dave.app.call('sendMessage', { accountId: dave.accountId, address: ada.address, text: 'hi' });
    await ada.app.change('message-added', ({ message }) => message.direction === 'in');
    // Now Ada asks what Dave's program takes, and writes in CPIM from then on.
    await say('now I know you');
    await dave.app.stop();
    const texts = ['one — grüße', 'two', 'three'];
    // The server keeps times in whole seconds; within one the sender's own time tells.
    for (const text of texts) await say(text);
    dave.app = await people.launch(dave.profile);
    for (const text of texts) await dave.app.change('message-added', ({ message }) => message.text === text);
    const { conversations } = await dave.app.call('listConversations', {});
    const { messages } = await dave.app.call('listMessages', { conversationId: conversations[0]?.conversationId ?? '' });
    const sent = await ada.app.call('listConversations', {});
    const mine = await ada.app.call('listMessages', { conversationId: sent.conversations[0]?.conversationId ?? '' });
    const times = new Map(mine.messages.map(({ text, sentAtMs }) => [text, sentAtMs]));
    expect(messages.slice(-3).map(({ wasStored }) => wasStored)).toEqual([true, true, true]);
    expect(messages.slice(-3).every(({ text, sentAtMs }) => Math.abs(sentAtMs - (times.get(text) ?? 0)) < 2_000)).toBe(true);
    expect(messages.map(({ text }) => text)).toEqual(['hello', 'hi', 'now I know you', ...texts]);
  });

  test('one with parts is read, though the server drops what parts it', async () => {
    const carol = `sip:carol@${server.domain}`;
    const bob = await simplePerson(server, 'bob');
    const body = ['--b', 'Content-Type: text/plain', '', 'the text', '--b', 'Content-Type: image/png', '', 'x', '--b--', ''].join('\r\n');
    const sent = bob.endpoint.send({
      method: 'MESSAGE',
      uri: uri(carol),
      from: { displayName: undefined, uri: bob.address, parameters: [] },
      to: { displayName: undefined, uri: uri(carol), parameters: [] },
      headers: [{ name: 'Content-Type', value: 'multipart/mixed;boundary=b' }],
      body: new TextEncoder().encode(body),
    });
    const outcome = await sent.outcome;
    await bob.end();
    expect(outcome.kind === 'final' && outcome.response.status).toBe(202);
    const { app } = await people.signIn('carol', 'tcp');
    const { message } = await app.change('message-added', () => true);
    expect(message).toMatchObject({ text: 'the text', contentType: 'text/plain', wasStored: true });
  });
});
