// Subject (RFC 3261 §20.36).
import { textCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const subjectHeader: HeaderCodec<string> = textCodec('Subject');
