// Answers what a page asks to load: navigation is put to the app first, the app's own schemes are answered by its handlers, the rest goes on.
import type { Json } from './cdp.ts';
import { note } from './recording.ts';
import { schemeHandlerOf, toAppUrl } from './protocol.ts';

/** Chromium's Fetch.requestPaused. */
export interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: { readonly url: string; readonly method: string; readonly headers: Record<string, string>; readonly postData?: string };
}

export interface RequestDoor {
  send(method: string, params: object): Promise<Json>;
  /** False: the app refuses that the frame goes to `url`. */
  mayNavigate(paused: PausedRequest, url: string): boolean;
}

/** Never rejects: a request that cannot be answered fails in the page. */
export async function answerRequest(paused: PausedRequest, door: RequestDoor): Promise<void> {
  const fail = (errorReason: string): Promise<unknown> =>
    door.send('Fetch.failRequest', { requestId: paused.requestId, errorReason }).catch(() => undefined);
  try {
    const url = toAppUrl(paused.request.url);
    if (paused.resourceType === 'Document' && !door.mayNavigate(paused, url)) {
      note('navigation-refused', url);
      await fail('Aborted');
      return;
    }
    const handler = schemeHandlerOf(url);
    if (!handler) {
      await door.send('Fetch.continueRequest', { requestId: paused.requestId });
      return;
    }
    if (new URL(url).pathname === '/favicon.ico') {
      // A browser asks for it by itself; Electron does not, so the app need not know.
      await door.send('Fetch.fulfillRequest', { requestId: paused.requestId, responseCode: 204 });
      return;
    }
    const { method, headers, postData } = paused.request;
    const response = await handler(new Request(url, { method, headers, ...(postData === undefined ? {} : { body: postData }) }));
    await door.send('Fetch.fulfillRequest', {
      requestId: paused.requestId,
      responseCode: response.status,
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
    });
  } catch (error) {
    note('request-failed', String(error));
    await fail('Failed');
  }
}
