// From (RFC 3261 §20.20).
import { oneCodec } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

export const fromHeader: HeaderCodec<NameAddr> = oneCodec('From', scanNameAddr, printNameAddr);
