// Promise: content elsewhere is a card; it is fetched by a click, or by itself from contacts when it is small, never from a private network unasked.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpFailure, HttpRequest, HttpResponse } from '../../main/simple/xcap/http-client.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { messagesOf, sendRaw } from '../support/message-flow.ts';

let world: FlowWorld;
let bob: Person;
let accountId: string;
let asked: HttpRequest[];
/** What the web answers, by address of the content; hosts ending in `.private` are in the person's own network. */
let web: Record<string, { status?: number; type?: string; body?: string; location?: string }>;
beforeEach(async () => {
  world = await createFlowWorld();
  asked = [];
  web = {};
  const { http } = world.server.documents;
  const documents = http.request.bind(http);
  http.request = (request) => (request.url in web ? Promise.resolve(answer(request)) : documents(request));
  bob = await world.person('bob');
  accountId = await bob.signIn();
});
afterEach(() => world.end());

function answer(request: HttpRequest): HttpResponse | HttpFailure {
  asked.push(request);
  const address = new URL(request.url).hostname.endsWith('.private') ? '192.168.1.1' : '93.184.216.34';
  if (request.mayConnectTo?.(address) === false) return { kind: 'http-failed', cause: 'not-allowed', reason: address };
  const { status = 200, type = 'text/plain', body = '', location } = web[request.url] ?? {};
  const bytes = new TextEncoder().encode(body);
  if (bytes.length > (request.maxBodyBytes ?? 0)) return { kind: 'http-failed', cause: 'too-large', reason: '' };
  return { kind: 'response', status, headers: { 'content-type': type, ...(location && { location }) }, body: bytes };
}

const URL_OF_TEXT = 'https://files.example.org/note.txt';

async function offer(url: string, size = '', from = 'ada'): Promise<string> {
  const contentType = `message/external-body; access-type="URL"; url="${url}"${size === '' ? '' : `; size=${size}`}`;
  await sendRaw(world, bob, { from, contentType, body: 'Content-Type: text/plain\r\n\r\n' });
  await world.clock.advance(1_000);
  return (await messagesOf(bob)).at(-1)?.messageId ?? '';
}
async function reference(): Promise<unknown> {
  return (await messagesOf(bob)).at(-1)?.reference;
}
const card = { name: 'note.txt', size: 0, type: 'text/plain', url: URL_OF_TEXT };

it('is a card until somebody clicks, then shows what came', async () => {
  web[URL_OF_TEXT] = { body: 'a note\u0007', type: 'text/plain; charset=utf-8' };
  const messageId = await offer(URL_OF_TEXT);
  const before = await reference();
  await bob.call('fetchContent', { messageId });
  expect([before, await reference()]).toEqual([
    { ...card, state: 'offered' },
    { ...card, state: 'fetched', text: 'a note' },
  ]);
  await bob.call('fetchContent', { messageId });
  expect(asked).toHaveLength(1);
  expect(Object.keys(asked[0]?.headers ?? {})).toEqual(['accept']);
});

describe('by itself', () => {
  it.each<[string, boolean, string, string, string]>([
    ['small, from a contact', true, '100', URL_OF_TEXT, 'fetched'],
    ['from a stranger', false, '100', URL_OF_TEXT, 'offered'],
    ['of unknown size', true, '', URL_OF_TEXT, 'offered'],
    ['large', true, '100000', URL_OF_TEXT, 'offered'],
    ['without TLS', true, '100', 'http://files.example.org/note.txt', 'offered'],
    ['larger than it said', true, '100', 'https://files.example.org/huge.txt', 'failed'],
    ['from a private network', true, '100', 'https://router.private/reboot', 'failed'],
  ])('%s', async (_name, isContact, size, url, state) => {
    web[url] = { body: url.includes('huge') ? 'x'.repeat(70_000) : 'text' };
    if (isContact) await bob.call('addContact', { accountId, address: 'ada@example.test' });
    await offer(url, size);
    expect(((await reference()) as { state: string }).state).toBe(state);
  });

  it('a few at one time, however many come; the others wait for a click', async () => {
    const { http } = world.server.documents;
    const request = http.request.bind(http);
    const held: (() => void)[] = [];
    http.request = async (given) => {
      if (given.url === URL_OF_TEXT) await new Promise<void>((resolve) => held.push(resolve));
      return request(given);
    };
    web[URL_OF_TEXT] = { body: 'text' };
    await bob.call('addContact', { accountId, address: 'ada@example.test' });
    const states = async (): Promise<unknown[]> => (await messagesOf(bob)).map((message) => message.reference?.state);
    for (let count = 0; count < 6; count++) {
      await world.clock.advance(1_100);
      await offer(URL_OF_TEXT, String(100 + count));
    }
    const whileHeld = held.length;
    for (const release of held) release();
    await world.clock.advance(1_000);
    expect([whileHeld, await states()]).toEqual([4, ['fetched', 'fetched', 'fetched', 'fetched', 'offered', 'offered']]);
    await offer(URL_OF_TEXT, '200');
    held.at(-1)?.();
    await world.clock.advance(1_000);
    expect((await states()).at(-1)).toBe('fetched');
  });

  it('not when it has expired; a click says so', async () => {
    web[URL_OF_TEXT] = { body: 'text' };
    await bob.call('addContact', { accountId, address: 'ada@example.test' });
    const messageId = await offer(URL_OF_TEXT, '100; expiration="Mon, 1 Jan 2024 00:00:00 GMT"');
    const before = await reference();
    await bob.call('fetchContent', { messageId });
    expect([before, await reference(), asked]).toMatchObject([{ state: 'offered' }, { state: 'expired' }, []]);
  });
});

it('a private network only when told to', async () => {
  const url = 'https://nas.private/note.txt';
  web[url] = { body: 'ours' };
  const messageId = await offer(url);
  await bob.call('fetchContent', { messageId });
  const refused = await reference();
  await bob.call('fetchContent', { messageId, mayGoPrivate: true });
  expect([refused, await reference()]).toEqual([
    {
      ...card,
      url,
      state: 'failed',
      isPrivate: true,
      reason: 'This content is inside a private network. Fetch it only when you expected that.',
    },
    { ...card, url, state: 'fetched', text: 'ours' },
  ]);
});

it.each<[string, Record<string, { status?: number; type?: string; body?: string; location?: string }>, object]>([
  ['HTML as its text', { [URL_OF_TEXT]: { type: 'text/html', body: '<b>a</b><script>x</script>' } }, { state: 'fetched', text: 'a' }],
  ['an image', { [URL_OF_TEXT]: { type: 'image/png', body: 'png' } }, { state: 'fetched', dataUrl: 'data:image/png;base64,cG5n' }],
  ['what could hold scripts', { [URL_OF_TEXT]: { type: 'image/svg+xml', body: '<svg/>' } }, { state: 'failed' }],
  ['gone', { [URL_OF_TEXT]: { status: 404 } }, { state: 'expired' }],
  ['refused', { [URL_OF_TEXT]: { status: 403 } }, { state: 'failed' }],
  [
    'elsewhere',
    { [URL_OF_TEXT]: { status: 302, location: '/other' }, 'https://files.example.org/other': { body: 'x' } },
    { state: 'fetched', text: 'x' },
  ],
  ['elsewhere without TLS', { [URL_OF_TEXT]: { status: 302, location: 'http://files.example.org/' } }, { state: 'failed' }],
  [
    'elsewhere inside',
    { [URL_OF_TEXT]: { status: 302, location: 'https://router.private/' }, 'https://router.private/': {} },
    { state: 'failed', isPrivate: true },
  ],
  ['in circles', { [URL_OF_TEXT]: { status: 302, location: URL_OF_TEXT } }, { state: 'failed' }],
])('%s', async (_name, pages, expected) => {
  web = pages;
  await bob.call('fetchContent', { messageId: await offer(URL_OF_TEXT) });
  expect(await reference()).toMatchObject(expected);
});
