// Content-Encoding (RFC 3261 §20.12).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const contentEncodingHeader: HeaderCodec<readonly string[]> = tokenListCodec('Content-Encoding', false);
