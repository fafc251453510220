// A name server on loopback that answers from a script, over UDP and TCP, and remembers what it was asked.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { decode, encode } from 'dns-packet';
import type { Answer } from 'dns-packet';

export interface DnsScript {
  /** Records by `TYPE name`, e.g. `SRV _sip._udp.example.test`. Aliases stand under the type that is asked for. */
  readonly records: Readonly<Record<string, readonly Answer[]>>;
  /** Codes other than "no error" by the same keys: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly codes?: Readonly<Record<string, number>>;
  /** How long "there is none" holds. Default 60. */
  readonly negativeSeconds?: number;
  /** These get no answer. */
  readonly silentFor?: readonly string[];
  /** These are cut short over UDP. */
  readonly truncatedFor?: readonly string[];
  /** Sent before the true answer over UDP, to try to pass for it. */
  readonly forge?: (answer: Buffer) => Buffer;
}

export interface ScriptedDns {
  readonly server: { readonly address: string; readonly port: number };
  /** `udp SRV _sip._udp.example.test`, oldest first. */
  readonly asked: string[];
  script: DnsScript;
  stop(): Promise<void>;
}

export async function startScriptedDns(script: DnsScript): Promise<ScriptedDns> {
  const udp = createSocket('udp4');
  const tcp = createServer();
  const port = await bindBoth(udp, tcp);
  const dns: ScriptedDns = {
    server: { address: '127.0.0.1', port },
    asked: [],
    script,
    stop: async () => {
      await new Promise<void>((resolve) => udp.close(resolve));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
  udp.on('message', (bytes, from) => {
    const { key, answer } = answerTo(dns, bytes, 'udp');
    if (dns.script.silentFor?.includes(key) === true) return;
    if (dns.script.forge !== undefined) udp.send(dns.script.forge(Buffer.from(answer)), from.port, from.address);
    udp.send(answer, from.port, from.address);
  });
  tcp.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const { answer } = answerTo(dns, bytes.subarray(2), 'tcp');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      // In pieces, as a network may deliver it.
      socket.write(length.subarray(0, 1));
      socket.write(Buffer.concat([length.subarray(1), answer.subarray(0, 5)]));
      socket.end(answer.subarray(5));
    });
  });
  return dns;
}

/** The same port for both, as name servers have it. */
async function bindBoth(udp: Socket, tcp: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => tcp.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => udp.once('error', reject).bind(port, '127.0.0.1', resolve));
  return port;
}

const RECURSION_AVAILABLE = 0x80;
const TRUNCATED = 0x200;

function answerTo(dns: ScriptedDns, bytes: Buffer, over: 'udp' | 'tcp'): { key: string; answer: Buffer } {
  const query = decode(bytes);
  const [question] = query.questions ?? [];
  const key = `${question?.type} ${question?.name}`;
  dns.asked.push(`${over} ${key}`);
  const { records, codes, negativeSeconds = 60, truncatedFor } = dns.script;
  const answers = records[key] ?? [];
  const isCut = over === 'udp' && truncatedFor?.includes(key) === true;
  const soa: Answer = {
    type: 'SOA',
    name: 'test',
    ttl: negativeSeconds,
    data: { mname: 'ns.test', rname: 'root.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: negativeSeconds },
  };
  const answer = encode({
    type: 'response',
    id: query.id ?? 0,
    flags: RECURSION_AVAILABLE | (codes?.[key] ?? 0) | (isCut ? TRUNCATED : 0),
    questions: query.questions ?? [],
    answers: isCut ? [] : [...answers],
    authorities: answers.length === 0 ? [soa] : [],
  });
  return { key, answer };
}
