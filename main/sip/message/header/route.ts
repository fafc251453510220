// Route (RFC 3261 §20.34).
import { listCodec } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

export const routeHeader: HeaderCodec<readonly NameAddr[]> = listCodec('Route', scanNameAddr, printNameAddr);
