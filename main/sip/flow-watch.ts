// Whether whoever does not answer is there at all: told within ten seconds, over UDP as over connections, and not after the 32 s of Timers B and F.
// DEVIATION(RFC 3261 §17.1.1.2, §17.1.2.2): a request to a peer that gives no sign of life at all ends before its timer; nobody answers there.
import { buildRequest, prepareRequest } from './build-request.ts';
import type { Clock } from './clock.ts';
import type { NameAddr } from './message/message.ts';
import { printMessage } from './message/print-message.ts';
import type { Network, TransportProtocol } from './network.ts';
import type { Random } from './random.ts';
import type { TransactionTable } from './transaction/table.ts';
import type { Counts } from './transport/counts.ts';
import { printStunRequest, STUN_ID_BYTES } from './transport/stun.ts';
import type { TransportFlow } from './transport/transport.ts';
import { bracketed } from './transport/via.ts';
import type { SipUri } from './uri/uri.ts';

export interface FlowWatchParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  readonly table: TransactionTable;
  readonly counts: Counts;
  readonly product: string;
}

/** What was found: a host that says nobody listens there, or silence. */
export type DeadReason = 'refused' | 'silent';

/** By then a request over UDP has gone out three times (RFC 3261 §17.1.2.2), and any server nearby has answered. */
export const PROBE_AFTER_MS = 2_000;
/** RFC 5626 §4.4.1 gives a keep-alive the same time. */
export const DEAD_AFTER_MS = 10_000;

/** One look at a flow, shared by all that wait for something on it. */
interface Probe {
  readonly isRefused: Promise<boolean>;
  hasAnswered: boolean;
}

export class FlowWatch {
  readonly #parts: FlowWatchParts;
  readonly #probes = new Map<string, Probe>();
  readonly #stop = new AbortController();

  constructor(parts: FlowWatchParts) {
    this.#parts = parts;
  }

  /** Watches the flow of a request that was just sent, until the returned function is called. `onDead` is called at most once. */
  watch(flow: TransportFlow, onDead: (reason: DeadReason) => void): () => void {
    const { clock, counts } = this.#parts;
    const { heardCount } = flow;
    let isOver = false;
    const find = (reason: DeadReason): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      counts.add('flows-found-dead');
      onDead(reason);
    };
    let timer = clock.startTimer(PROBE_AFTER_MS, () => {
      if (!flow.isOpen || flow.heardCount !== heardCount) return;
      const probe = this.#probeOf(flow);
      void probe.isRefused.then((isRefused) => {
        if (isRefused) find('refused');
      });
      timer = clock.startTimer(DEAD_AFTER_MS - PROBE_AFTER_MS, () => {
        if (flow.isOpen && flow.heardCount === heardCount && !probe.hasAnswered) find('silent');
      });
    });
    return () => {
      isOver = true;
      timer.cancel();
    };
  }

  stop(): void {
    this.#stop.abort();
  }

  #probeOf(flow: TransportFlow): Probe {
    const known = this.#probes.get(flow.id);
    if (known !== undefined) return known;
    const { clock, network, random } = this.#parts;
    const giveUp = new AbortController();
    const end = (): void => giveUp.abort();
    this.#stop.signal.addEventListener('abort', end);
    const stun = printStunRequest(random.bytes(STUN_ID_BYTES));
    const probe: Probe = {
      // WHY: the socket all peers share hears no ICMP errors; one of its own does.
      isRefused: flow.protocol === 'udp' ? network.isUdpRefused(flow.remote, stun, giveUp.signal) : Promise.resolve(false),
      hasAnswered: false,
    };
    this.#probes.set(flow.id, probe);
    flow.ping();
    const endOptions = this.#sendOptions(flow, () => (probe.hasAnswered = true));
    const timer = clock.startTimer(DEAD_AFTER_MS - PROBE_AFTER_MS, end);
    giveUp.signal.addEventListener('abort', () => {
      timer.cancel();
      endOptions();
      this.#stop.signal.removeEventListener('abort', end);
      this.#probes.delete(flow.id);
    });
    return probe;
  }

  /** WHY: not everybody answers STUN or CRLF, but OPTIONS with Max-Forwards 0 is answered by the very next hop (RFC 3261 §11). */
  #sendOptions(flow: TransportFlow, onAnswer: () => void): () => void {
    const { random, product, table } = this.#parts;
    const to = nameAddr(flow.remote.address, flow.remote.port, flow.protocol);
    const from = nameAddr('anonymous.invalid', undefined, undefined);
    const headers = [{ name: 'Max-Forwards', value: '0' }];
    const prepared = prepareRequest(
      { method: 'OPTIONS', uri: to.uri, from, to, route: [], headers },
      { outboundProxy: undefined, serviceRoute: [], newToken: () => random.token() },
    );
    const sentByPort = flow.local.port;
    const request = buildRequest(prepared, { flow, sentByPort, branch: random.branch(), cseqNumber: 1, product, credentials: [] });
    const ignore = (): void => undefined;
    const listener = { onResponse: onAnswer, onTimeout: ignore, onTransportError: ignore };
    const transaction = table.send(request, printMessage(request), flow, listener);
    return () => transaction.abandon();
  }
}

/** `refused` as the system says it for a connection. */
export function refusal(): Error {
  return Object.assign(new Error('nobody listens there'), { code: 'ECONNREFUSED' });
}

function nameAddr(host: string, port: number | undefined, protocol: TransportProtocol | undefined): NameAddr {
  const transport = protocol === 'wss' ? 'ws' : protocol;
  const uri: SipUri = {
    kind: 'sip',
    scheme: 'sip',
    user: undefined,
    password: undefined,
    host: bracketed(host),
    port,
    parameters: transport === undefined || transport === 'udp' ? [] : [{ name: 'transport', value: transport }],
    headers: [],
  };
  return { displayName: undefined, uri, parameters: [] };
}
