// Content-Type (RFC 3261 §20.15).
import { oneCodec } from '../grammar/lists.ts';
import { type MediaType, printMediaType, scanMediaType } from '../grammar/media-type.ts';
import type { HeaderCodec } from './header.ts';

export const contentTypeHeader: HeaderCodec<MediaType> = oneCodec('Content-Type', scanMediaType, printMediaType);
