// To (RFC 3261 §20.39).
import { oneCodec } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

export const toHeader: HeaderCodec<NameAddr> = oneCodec('To', scanNameAddr, printNameAddr);
