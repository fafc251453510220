// Sentences for people: why content that a message refers to could not be fetched, and what a report said.
import type { HttpFailure } from '../simple/xcap/http-client.ts';

export const NOT_DELIVERED = 'The program of the other side says that it could not show this message. Send it again later.';

export const CONTENT_FAILED = {
  gone: 'This content is not there any more.',
  refused: 'The server that keeps this content does not give it out.',
  redirect: 'The server that keeps this content sends us to places that are not safe to follow.',
  type: 'This is neither a text nor an image that can be shown here safely.',
} as const;

export const HTTP_CONTENT: Readonly<Record<HttpFailure['cause'], string>> = {
  timeout: 'The server that keeps this content does not answer. Try again later.',
  'name-not-found': 'The server that keeps this content could not be found.',
  refused: 'The server that keeps this content refuses the connection. Try again later.',
  unreachable: 'The server that keeps this content cannot be reached. Try again later.',
  tls: 'The certificate of the server that keeps this content cannot be trusted, so nothing was fetched.',
  closed: 'The server that keeps this content closed the connection. Try again later.',
  'too-large': 'This content is too large to be shown here.',
  'bad-url': 'The address of this content is no web address.',
  cancelled: 'It was not fetched to the end. Try again.',
  'not-allowed': 'This content is inside a private network. Fetch it only when you expected that.',
};
