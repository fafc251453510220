// Service-Route (RFC 3608).
import { listCodec } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

export const serviceRouteHeader: HeaderCodec<readonly NameAddr[]> = listCodec('Service-Route', scanNameAddr, printNameAddr);
