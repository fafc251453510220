// A server and everybody behind it in one endpoint, for load: takes registrations, writes to the app until it is answered, notes what comes.
import type { Endpoint, Flow, SipRequest, Uri } from '../../../main/sip/index.ts';
import { parameterValue, printUri } from '../../../main/sip/index.ts';
import { uri } from './simple-person.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

export const LOAD_DOMAIN = 'load.test';
/** An app that was killed answers nothing: it is asked again after this. */
const PATIENCE_MS = 120;
const PAUSE_MS = 3;
/** Room for passwords, as our own program leaves it when it sends again. */
const CSEQ_STRIDE = 10;

export interface LoadPeer {
  readonly proxy: string;
  /** Texts the app sent us, each with the identities it came under. */
  readonly received: ReadonlyMap<string, ReadonlySet<string>>;
  /** Texts of ours that the app acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Writes one text after the other to the account, each until it is acknowledged. Resolves when `endWriting` was called and all are. */
  write(account: string, writer: string): Promise<void>;
  endWriting(): void;
  stop(): Promise<void>;
}

export async function startLoadPeer(host = '127.0.0.1'): Promise<LoadPeer> {
  const received = new Map<string, Set<string>>();
  const acknowledged = new Set<string>();
  const bindings = new Map<string, { readonly target: Uri; readonly flow: Flow }>();
  let isWriting = true;
  const endpoint: Endpoint = await openEndpoint({
    listen: [{ protocol: 'udp', local: { address: host, port: 0 } }],
  });
  endpoint.onRequest('REGISTER', ({ message, flow }) => {
    const contact = message.contacts === '*' ? undefined : message.contacts[0];
    if (contact !== undefined) bindings.set(printUri(message.to.uri), { target: contact.uri, flow });
    return { status: 200, headers: [{ name: 'Contact', value: `<${contact === undefined ? '' : printUri(contact.uri)}>;expires=600` }] };
  });
  endpoint.onRequest('MESSAGE', ({ message }) => {
    const text = new TextDecoder().decode(message.body);
    received.set(text, (received.get(text) ?? new Set()).add(identityOf(message)));
    return { status: 200 };
  });

  async function isTaken(account: string, writer: string, text: string, cseqNumber: number): Promise<boolean> {
    const binding = bindings.get(account);
    if (binding === undefined) return false;
    const token = text.replace(/\W+/g, '-');
    const sent = endpoint.send({
      method: 'MESSAGE',
      uri: binding.target,
      from: { displayName: undefined, uri: uri(`sip:${writer}@${LOAD_DOMAIN}`), parameters: [{ name: 'tag', value: `tag-${token}` }] },
      to: { displayName: undefined, uri: uri(account), parameters: [] },
      callId: `call-${token}`,
      cseqNumber,
      route: [],
      flow: binding.flow,
      headers: [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Date', value: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      ],
      body: new TextEncoder().encode(text),
    });
    const timer = setTimeout(() => sent.cancel(), PATIENCE_MS);
    const outcome = await sent.outcome;
    clearTimeout(timer);
    return outcome.kind === 'final' && outcome.response.status === 200;
  }

  return {
    proxy: `sip:${host}:${endpoint.listening[0]?.local.port ?? 0};transport=udp`,
    received,
    acknowledged,
    async write(account, writer) {
      for (let number = 0; isWriting; number++) {
        const text = `to ${account} by ${writer}, ${number}`;
        for (let cseq = 1; !(await isTaken(account, writer, text, cseq)); cseq += CSEQ_STRIDE) await pause(PAUSE_MS);
        acknowledged.add(text);
        await pause(PAUSE_MS);
      }
    },
    endWriting: () => void (isWriting = false),
    stop: () => endpoint.stop(),
  };
}

function identityOf(message: SipRequest): string {
  return `${message.callId} ${parameterValue(message.from.parameters, 'tag') ?? ''}`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
