// Session-Expires (RFC 4028 §4).
import { type SecondsValue, secondsCodec } from '../grammar/seconds.ts';
import type { HeaderCodec } from './header.ts';

/** The `refresher` parameter, `uac` or `uas`, is among the parameters. */
export const sessionExpiresHeader: HeaderCodec<SecondsValue> = secondsCodec('Session-Expires');
