// Priority (RFC 3261 §20.26).
import { tokenCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const priorityHeader: HeaderCodec<string> = tokenCodec('Priority');
