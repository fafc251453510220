// A peer without a stack, on an internet in memory: sends the bytes it is told, and notes each response that an address sends.
import type { StreamSocket, UdpSocket } from '../../main/sip/index.ts';
import type { TestInternet } from './endpoint-pair.ts';

export interface RawPeer {
  /** Whole datagrams, sent and received by UDP. */
  sendUdp(bytes: Uint8Array | string): void;
  /** On a connection of their own each. */
  sendTcp(bytes: Uint8Array | string): Promise<RawStream>;
  close(): void;
  /** All that the target sent over UDP, to whatever place, oldest first. */
  readonly datagrams: { readonly to: string; readonly text: string }[];
}

export interface RawStream {
  /** All that came on it. */
  text: string;
  isClosed: boolean;
  readonly socket: StreamSocket;
}

export function createRawPeer(world: TestInternet, target: string, own = '192.0.2.7'): RawPeer {
  const { internet } = world;
  const datagrams: { to: string; text: string }[] = [];
  internet.onDatagram = ({ from, to, bytes }) => {
    if (from.address === target) datagrams.push({ to: `${to.address}:${to.port}`, text: Buffer.from(bytes).toString('utf8') });
    return true;
  };
  const local = { address: own, port: 5060 };
  let udp: Promise<UdpSocket> | undefined;
  return {
    datagrams,
    sendUdp(bytes) {
      udp ??= internet.host(own).openUdp(local, () => undefined);
      void udp.then((socket) => socket.send(Buffer.from(bytes), { address: target, port: 5060 }, () => undefined));
    },
    close: () => void udp?.then((socket) => socket.close()),
    async sendTcp(bytes) {
      const stream: { text: string; isClosed: boolean } = { text: '', isClosed: false };
      const events = {
        onData: (data: Uint8Array) => void (stream.text += Buffer.from(data).toString('utf8')),
        onClosed: () => void (stream.isClosed = true),
      };
      const connecting = internet.host(own).connectTcp({ address: target, port: 5060 }, events, new AbortController().signal);
      const socket = await world.clock.run(connecting);
      socket.write(Buffer.from(bytes));
      return Object.assign(stream, { socket });
    },
  };
}

/** The status codes of all responses in a text. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/^SIP\/2\.0 (\d{3}) /gm)].map((match) => Number(match[1]));
}

/** A plain request from 192.0.2.7 to bob at 192.0.2.2, as text. */
export function rawRequest(
  method: string,
  more: { readonly branch?: string; readonly callId?: string; readonly toTag?: string; readonly headers?: readonly string[] } = {},
): string {
  const { branch = 'z9hG4bK1', callId = 'raw', toTag, headers = [] } = more;
  return [
    `${method} sip:bob@192.0.2.2 SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.7:5060;branch=${branch}`,
    'Max-Forwards: 70',
    'From: <sip:alice@192.0.2.7>;tag=a',
    `To: <sip:bob@192.0.2.2>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:alice@192.0.2.7>',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
