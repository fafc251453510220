// RAck (RFC 3262 §7.2): which provisional response a PRACK acknowledges.
import { type Cursor, scanNumber } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import { LARGEST_SEQUENCE } from '../grammar/numbers.ts';
import type { CSeqHeader } from '../message.ts';
import { printCSeq, scanCSeq } from './cseq.ts';
import type { HeaderCodec } from './header.ts';

export interface RAckValue {
  readonly rseq: number;
  /** Of the INVITE. */
  readonly cseq: CSeqHeader;
}

function scanRAck(cursor: Cursor): RAckValue | undefined {
  const rseq = scanNumber(cursor, LARGEST_SEQUENCE);
  if (rseq === undefined) return undefined;
  const afterNumber = cursor.at;
  cursor.skipSpace();
  if (cursor.at === afterNumber) return cursor.fail('white space expected after the number');
  const cseq = scanCSeq(cursor);
  return cseq === undefined ? undefined : { rseq, cseq };
}

export const rackHeader: HeaderCodec<RAckValue> = oneCodec('RAck', scanRAck, ({ rseq, cseq }) => `${rseq} ${printCSeq(cseq)}`);
