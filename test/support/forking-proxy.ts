// A proxy in memory that forks INVITEs to several hosts, stays on the route, and lets every 2xx pass (RFC 3261 §16).
import { parseMessage, parameterValue, printMessage, printUri } from '../../main/sip/index.ts';
import type { Network, NetworkAddress, SipMessage, SipRequest, SipResponse, ViaHeader } from '../../main/sip/index.ts';

export interface ForkingProxy {
  readonly close: () => void;
  /** First lines of all that passed, with where it went. */
  readonly passed: string[];
}

export interface ProxyOptions {
  readonly network: Network;
  readonly address: string;
  /** Where an INVITE for nobody in particular goes, all at once. */
  readonly forkTo: readonly string[];
  /** RFC 3261 §16.7 item 10: the others are cancelled after the first 2xx. Default: yes. */
  readonly cancelsOthers?: boolean;
}

const PORT = 5060;

/** One INVITE as it went to one host. */
interface Fork {
  readonly request: SipRequest;
  readonly host: string;
  isOver: boolean;
}

export async function startForkingProxy(options: ProxyOptions): Promise<ForkingProxy> {
  const { network, address, forkTo } = options;
  const passed: string[] = [];
  const forks = new Map<string, Fork[]>();

  function send(message: SipMessage, to: NetworkAddress): void {
    const first = message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`;
    passed.push(`${first} → ${to.address}`);
    socket.send(printMessage(message), to, () => undefined);
  }

  function forward(request: SipRequest, host: string, index: number): SipRequest {
    const branch = `${parameterValue(request.vias[0]?.parameters ?? [], 'branch') ?? ''}.${index}`;
    const via: ViaHeader = { transport: 'UDP', host: address, port: PORT, parameters: [{ name: 'branch', value: branch }] };
    const route = { name: 'Record-Route', value: `<sip:${address};lr>` };
    const headers = request.headers.filter(({ name, value }) => name !== 'Route' || !value.includes(address));
    const next = { ...request, vias: [via, ...request.vias], headers: request.method === 'INVITE' ? [route, ...headers] : headers };
    send(next, { address: host, port: PORT });
    return next;
  }

  function onRequest(request: SipRequest): void {
    const isInDialog = parameterValue(request.to.parameters, 'tag') !== undefined;
    const target = request.uri.kind === 'sip' ? request.uri.host : '';
    const key = `${request.callId} ${request.cseq.number}`;
    if (isInDialog) {
      if (request.method !== 'ACK' || target !== address) forward(request, target, 0);
    } else if (request.method === 'CANCEL') {
      send(answer(request, 200), from(request));
      for (const fork of forks.get(key) ?? []) if (!fork.isOver) cancel(fork);
    } else if (request.method === 'INVITE' && !forks.has(key)) {
      send(answer(request, 100), from(request));
      forks.set(
        key,
        forkTo.map((host, index) => ({ request: forward(request, host, index), host, isOver: false })),
      );
    }
  }

  function cancel({ request, host }: Fork): void {
    const { vias, headers } = request;
    const kept = headers.filter(({ name }) => name === 'Max-Forwards');
    const parts = { vias: vias.slice(0, 1), headers: kept, contacts: [], body: new Uint8Array(0), method: 'CANCEL' };
    send({ ...request, ...parts, cseq: { ...request.cseq, method: 'CANCEL' } }, { address: host, port: PORT });
  }

  function onResponse(response: SipResponse): void {
    const [own, ...vias] = response.vias;
    if (vias.length === 0) return;
    const key = `${response.callId} ${response.cseq.number}`;
    const all = response.cseq.method === 'INVITE' ? (forks.get(key) ?? []) : [];
    const fork = all.find(({ request }) => branchOf(request.vias[0]) === branchOf(own));
    if (fork !== undefined && response.status >= 300) {
      const { request, host } = fork;
      const parts = { vias: request.vias.slice(0, 1), to: response.to, contacts: [], body: new Uint8Array(0), method: 'ACK' };
      send({ ...request, ...parts, cseq: { ...request.cseq, method: 'ACK' } }, { address: host, port: PORT });
    }
    if (fork !== undefined && response.status >= 200) {
      const isFirst = !fork.isOver;
      fork.isOver = true;
      if (response.status < 300 && isFirst && options.cancelsOthers !== false) for (const other of all) if (!other.isOver) cancel(other);
      if (response.status >= 300 && (!isFirst || all.some(({ isOver }) => !isOver))) return;
    }
    const top = vias[0];
    if (top !== undefined) send({ ...response, vias }, viaAddress(top));
  }

  const socket = await network.openUdp({ address, port: PORT }, (bytes, source) => {
    const result = parseMessage(bytes);
    if (result.kind === 'failure') throw new Error(`${result.reason} from ${source.address}`);
    if (result.message.kind === 'request') onRequest(result.message);
    else onResponse(result.message);
  });
  return { close: () => socket.close(), passed };
}

function branchOf(via: ViaHeader | undefined): string {
  return parameterValue(via?.parameters ?? [], 'branch') ?? '';
}

function viaAddress(via: ViaHeader): NetworkAddress {
  return { address: via.host, port: via.port ?? PORT };
}

function from(request: SipRequest): NetworkAddress {
  const top = request.vias[0];
  if (top === undefined) throw new Error(`no Via in ${printUri(request.uri)}`);
  return viaAddress(top);
}

function answer(request: SipRequest, status: number): SipResponse {
  const { vias, from: sender, to, callId, cseq } = request;
  const base = { kind: 'response', status, reason: 'OK', vias, from: sender, callId, cseq, contacts: [], headers: [] } as const;
  return { ...base, to, body: new Uint8Array(0) };
}
