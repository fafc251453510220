// Path (RFC 3327).
import { listCodec } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

export const pathHeader: HeaderCodec<readonly NameAddr[]> = listCodec('Path', scanNameAddr, printNameAddr);
