// SIP-ETag (RFC 3903 §11.3.1).
import { tokenCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const sipETagHeader: HeaderCodec<string> = tokenCodec('SIP-ETag');
