// CSeq (RFC 3261 §20.16, §8.1.1.5).
import { SPACE, type TextSink, printed } from '../../uri/text-sink.ts';
import { type Cursor, scanNumber } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import type { CSeqHeader } from '../message.ts';
import type { HeaderCodec } from './header.ts';

/** RFC 3261 §8.1.1.5: less than 2³¹. */
export const LARGEST_CSEQ = 0x7fff_ffff;

/** Number and method; the method is case-sensitive. */
export function scanCSeq(cursor: Cursor): CSeqHeader | undefined {
  cursor.skipSpace();
  const number = scanNumber(cursor, LARGEST_CSEQ);
  if (number === undefined) return undefined;
  const afterNumber = cursor.at;
  cursor.skipSpace();
  if (cursor.at === afterNumber) return cursor.fail('white space expected after the number');
  const method = cursor.token();
  return method === '' ? cursor.fail('method expected') : { number, method };
}

/** In full digits also where a broken request had too large a number and gets its 400. */
export function writeCSeq(sink: TextSink, { number, method }: CSeqHeader): void {
  sink.add(number <= Number.MAX_SAFE_INTEGER ? String(number) : String(BigInt(number)));
  sink.mark(SPACE);
  sink.add(method);
}

export function printCSeq(cseq: CSeqHeader): string {
  return printed(writeCSeq, cseq);
}

export const cseqHeader: HeaderCodec<CSeqHeader> = oneCodec('CSeq', scanCSeq, printCSeq);
