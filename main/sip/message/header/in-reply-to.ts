// In-Reply-To (RFC 3261 §20.21): Call-IDs.
import { listCodec, scanWord } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const inReplyToHeader: HeaderCodec<readonly string[]> = listCodec('In-Reply-To', scanWord, String);
