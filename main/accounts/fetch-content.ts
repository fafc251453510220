// Trigger: the person clicks on content that a message refers to, or it comes from a contact and is small.
// Result: fetched within bounds of size, time and type, never from a private network unless told to, and shown with the message.
// RFC: 4483 §5, §7.
import type { ContentReference, Message } from '../../app/domain/message.ts';
import { htmlToText } from '../simple/page-mode/html-to-text.ts';
import type { HttpFailure, HttpResponse } from '../simple/xcap/http-client.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { cleanText } from './clean-text.ts';
import type { ContactBook } from './contact-book.ts';
import { isPublicAddress } from './is-public-address.ts';
import { CONTENT_FAILED, HTTP_CONTENT } from './content-words.ts';

/** By itself only what says that it is not larger. */
const BY_ITSELF_BYTES = 64 * 1024;
/** So many by themselves at one time: a contact whose program sends hundreds must not make us ask hundreds of servers. More wait for a click. */
const BY_ITSELF_AT_ONCE = 4;
/** By a click. An image travels to the page inside the message. */
const BY_CLICK_BYTES = 512 * 1024;
const TEXT_TYPES: ReadonlySet<string> = new Set(['text/plain', 'text/html']);
/** SECURITY: nothing that can hold scripts, SVG among them. */
const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface FetchContent {
  /** In the background, where it is small and comes from a contact. */
  maybeFetch(message: Message): void;
  /** Resolves when the message shows what came of it. `mayGoPrivate`: the person said that the private network is fine. */
  fetch(message: Message, mayGoPrivate: boolean): Promise<void>;
  stop(): void;
}

export function createFetchContent(world: AccountWorld, book: ContactBook): FetchContent {
  const stopping = new AbortController();
  let byItself = 0;

  async function fetch(message: Message, limits: Limits): Promise<void> {
    const { messageId, reference } = message;
    if (reference?.url === undefined || reference.state === 'fetched') return;
    const { reason: _reason, isPrivate: _isPrivate, ...offered } = reference;
    // WHY not stored: a program that ends now has not fetched it.
    world.announce({ type: 'message-changed', message: { ...message, reference: { ...offered, state: 'fetching' } } });
    const result = await get(world, reference.url, { ...limits, signal: stopping.signal });
    const changed = await world.storage.commit((db) => store.setMessageReference(db, { messageId, reference: { ...offered, ...result } }));
    if (changed !== null) world.announce({ type: 'message-changed', message: changed });
  }

  return {
    maybeFetch(message) {
      const { reference, address } = message;
      if (reference?.url === undefined || book.find(address) === undefined) return;
      if (hasExpired(reference, world)) return;
      if (reference.size === 0 || reference.size > BY_ITSELF_BYTES || !reference.url.startsWith('https:')) return;
      if (byItself >= BY_ITSELF_AT_ONCE) return;
      byItself += 1;
      const fetching = fetch(message, { maxBytes: BY_ITSELF_BYTES, mayGoPrivate: false }).finally(() => (byItself -= 1));
      inBackground(world, 'fetching content', fetching);
    },
    async fetch(message, mayGoPrivate) {
      const { reference } = message;
      if (reference !== undefined && hasExpired(reference, world)) {
        const expired = await world.storage.commit((db) =>
          store.setMessageReference(db, { messageId: message.messageId, reference: { ...reference, state: 'expired' } }),
        );
        if (expired !== null) world.announce({ type: 'message-changed', message: expired });
        return;
      }
      await fetch(message, { maxBytes: BY_CLICK_BYTES, mayGoPrivate });
    },
    stop: () => stopping.abort(),
  };
}

function hasExpired({ expiresAtMs }: ContentReference, { doors }: AccountWorld): boolean {
  return expiresAtMs !== undefined && expiresAtMs < doors.clock.nowMs();
}

interface Limits {
  readonly maxBytes: number;
  readonly mayGoPrivate: boolean;
}

type Fetched = Pick<ContentReference, 'state' | 'reason' | 'isPrivate' | 'text' | 'dataUrl'>;

async function get(world: AccountWorld, first: string, limits: Limits & { readonly signal: AbortSignal }): Promise<Fetched> {
  let url = first;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await world.doors.http.request({
      method: 'GET',
      url,
      // SECURITY: nothing that tells who we are.
      headers: { accept: [...TEXT_TYPES, ...IMAGE_TYPES].join(', ') },
      maxBodyBytes: limits.maxBytes,
      mayConnectTo: limits.mayGoPrivate ? () => true : isPublicAddress,
      signal: limits.signal,
    });
    if (response.kind === 'http-failed') return failed(response);
    if (!REDIRECTS.has(response.status)) return read(response);
    const next = nextUrl(url, response.headers['location']);
    if (next === undefined) return { state: 'failed', reason: CONTENT_FAILED.redirect };
    url = next;
  }
  return { state: 'failed', reason: CONTENT_FAILED.redirect };
}

/** Never from https to http. */
function nextUrl(from: string, location: string | undefined): string | undefined {
  const next = location === undefined ? null : URL.parse(location, from);
  if (next === null || (next.protocol !== 'https:' && !(next.protocol === 'http:' && from.startsWith('http:')))) return undefined;
  return next.username === '' && next.password === '' ? next.href : undefined;
}

function failed({ cause }: HttpFailure): Fetched {
  return { state: 'failed', reason: HTTP_CONTENT[cause], ...(cause === 'not-allowed' && { isPrivate: true }) };
}

function read({ status, headers, body }: HttpResponse): Fetched {
  if (status === 404 || status === 410) return { state: 'expired', reason: CONTENT_FAILED.gone };
  if (status !== 200) return { state: 'failed', reason: CONTENT_FAILED.refused };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (TEXT_TYPES.has(type)) {
    const text = new TextDecoder().decode(body);
    return { state: 'fetched', text: cleanText(type === 'text/html' ? htmlToText(text) : text) };
  }
  if (IMAGE_TYPES.has(type)) return { state: 'fetched', dataUrl: `data:${type};base64,${Buffer.from(body).toString('base64')}` };
  return { state: 'failed', reason: CONTENT_FAILED.type };
}
