// Accept (RFC 3261 §20.1). An empty value accepts nothing.
import { emptyOr, listCodec } from '../grammar/lists.ts';
import { type MediaType, printMediaType, scanMediaType } from '../grammar/media-type.ts';
import type { HeaderCodec } from './header.ts';

/** Media ranges in order, `q` and other parameters included. */
export const acceptHeader: HeaderCodec<readonly MediaType[]> = emptyOr(listCodec('Accept', scanMediaType, printMediaType));
