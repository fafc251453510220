// SIP-If-Match (RFC 3903 §11.3.2).
import { tokenCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const sipIfMatchHeader: HeaderCodec<string> = tokenCodec('SIP-If-Match');
