// A request as the caller describes it; the endpoint adds Via, tags, Max-Forwards, Contact and credentials (RFC 3261 §8.1.1).
import type { HeaderField, NameAddr } from '../message/message.ts';
import type { Flow } from '../transport/flow.ts';
import type { Parameter } from '../uri/parameter.ts';
import type { Uri } from '../uri/uri.ts';

/** A Contact to be filled with our own address on the flow used, e.g. `<sip:user@192.0.2.1:5060;transport=tcp>;expires=600`. */
export interface OwnContact {
  readonly user: string;
  readonly uriParameters?: readonly Parameter[];
  /**
   * Our globally routable address instead, where the registrar gave one (RFC 5627): `public` shows the address of record, `temporary`
   * does not. Without one the address on the flow is used.
   */
  readonly gruu?: 'public' | 'temporary';
  readonly parameters?: readonly Parameter[];
}

export interface OutgoingRequest {
  readonly method: string;
  readonly uri: Uri;
  /** A missing tag is added to From. */
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** Default: a new one. */
  readonly callId?: string;
  /** Default: 1. A retry with credentials counts on from here; `Final.request` says what was used at last. */
  readonly cseqNumber?: number;
  /** Gives the number for a retry with credentials, where others may have used the next one. Default: one more. */
  readonly nextCSeqNumber?: () => number;
  /** Default: the outbound proxy, then the service route that was set. */
  readonly route?: readonly NameAddr[];
  readonly contact?: OwnContact;
  /** A literal Contact instead, e.g. `'*'`. */
  readonly contacts?: readonly NameAddr[] | '*';
  readonly headers?: readonly HeaderField[];
  readonly body?: Uint8Array;
  /** Send on this flow; when it is gone, locate anew. */
  readonly flow?: Flow;
  /** With `flow`: when it is gone, the request has failed (`closed`) and is sent nowhere else. */
  readonly staysOnFlow?: boolean;
  /** Contacts of a 3xx are tried one after the other, by their q (RFC 3261 §8.1.3.4). Default: the 3xx is the outcome. */
  readonly followsRedirects?: boolean;
  /** Option tags in Require or Proxy-Require that are left out, and the request sent once more, where a 420 refuses them. Default: none. */
  readonly optionalExtensions?: readonly string[];
}
