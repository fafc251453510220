// What has been read of a message's head so far, and the first thing that was wrong with it.
import type { CSeqHeader, HeaderField, NameAddr, ViaHeader } from './message.ts';

export class HeadDraft {
  /** The message from its start line on. */
  readonly bytes: Uint8Array;
  /** The head, one character per byte, so that indexes are the same; up to and without the empty line's CRLF. */
  readonly text: string;
  readonly vias: ViaHeader[] = [];
  from: NameAddr | undefined = undefined;
  to: NameAddr | undefined = undefined;
  callId: string | undefined = undefined;
  cseq: CSeqHeader | undefined = undefined;
  contacts: NameAddr[] | '*' | undefined = undefined;
  readonly headers: HeaderField[] = [];
  /** -1: no Content-Length. */
  contentLength = -1;
  hasMaxForwards = false;
  /** Of the first error: byte offset, reason and the status that answers it. */
  offset = 0;
  reason = '';
  status = 400;

  constructor(bytes: Uint8Array, text: string) {
    this.bytes = bytes;
    this.text = text;
  }

  /** Notes the error; false, so that it can be returned. */
  fail(offset: number, reason: string, status = 400): false {
    this.offset = offset;
    this.reason = reason;
    this.status = status;
    return false;
  }
}
