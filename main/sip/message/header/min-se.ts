// Min-SE (RFC 4028 §5).
import { type SecondsValue, secondsCodec } from '../grammar/seconds.ts';
import type { HeaderCodec } from './header.ts';

export const minSeHeader: HeaderCodec<SecondsValue> = secondsCodec('Min-SE');
