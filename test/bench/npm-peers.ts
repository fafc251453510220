// The JavaScript stacks as contenders: installed from npm into peers/node_modules by the benchmark itself.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'peers');

/** Just what the benchmarks use of npm `sip`. */
export interface NpmSip {
  parse(text: string): NpmSipMessage | undefined;
  parseUri(text: string): unknown;
  stringify(message: unknown): string;
}

interface NpmSipAddress {
  readonly uri: string;
}

interface NpmSipMessage {
  readonly uri?: string;
  readonly headers: { readonly from: NpmSipAddress; readonly to: NpmSipAddress; readonly contact?: '*' | readonly NpmSipAddress[] };
}

export interface NpmPeers {
  readonly sip: NpmSip;
  /** Each parses one message fully; undefined or false where it refuses it. */
  readonly jssip: (text: string) => unknown;
  readonly sipjs: (text: string) => unknown;
  readonly messages: JssipMessages;
}

/** MESSAGE as JsSIP sends it. */
export interface JssipMessages {
  /** What its `ua.sendMessage` does up to the bytes, but for the transaction: the target's text read, From tag, Call-ID, CSeq, branch. */
  readonly build: (target: string, body: string) => Uint8Array;
  /** `ua.sendMessage` itself, until its socket has the bytes; then the transaction is ended as if nobody had asked. */
  readonly send: (target: string, body: string) => void;
  readonly stop: () => void;
}

interface ParsedMessage {
  parseHeader(name: string): unknown;
}

interface JssipParser {
  parseMessage(text: string, ua: unknown): ParsedMessage | undefined;
}

interface JssipRequest {
  setHeader(name: string, value: string): void;
  toString(): string;
}

interface JssipMessage {
  OutgoingRequest: new (
    method: string,
    uri: unknown,
    ua: unknown,
    parameters: unknown,
    headers: string[],
  ) => JssipRequest & { body: string };
}

interface JssipTransaction {
  readonly F: NodeJS.Timeout;
}

interface JssipUserAgent {
  start(): void;
  stop(): void;
  normalizeTarget(target: string): unknown;
  sendMessage(target: string, body: string): unknown;
  destroyTransaction(transaction: JssipTransaction): void;
  readonly configuration: { readonly via_host: string };
  readonly _transactions: { readonly nict: Record<string, JssipTransaction> };
}

interface Jssip {
  UA: new (configuration: unknown) => JssipUserAgent;
}

interface SipjsParser {
  Parser: { parseMessage(text: string, logger: unknown): ParsedMessage | undefined };
}

function install(): void {
  if (existsSync(join(folder, 'node_modules', 'sip.js', 'package.json'))) return;
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--loglevel=error'], { cwd: folder, stdio: 'pipe' });
}

async function load<T>(path: string): Promise<T> {
  const module = (await import(join(folder, 'node_modules', path))) as { default?: T };
  return module.default ?? (module as T);
}

const silent = { debug: () => undefined, log: () => undefined, warn: () => undefined, error: () => undefined };

/** Installs and loads the three stacks. Throws when they cannot be had. */
export async function loadNpmPeers(): Promise<NpmPeers> {
  install();
  const sip = await load<NpmSip>('sip/sip.js');
  const parser = await load<JssipParser>('jssip/lib/Parser.js');
  const { Parser } = (await import(join(folder, 'node_modules/sip.js/lib/core/messages/parser.js'))) as SipjsParser;
  const { UA } = await load<Jssip>('jssip/lib/JsSIP.js');
  const { OutgoingRequest } = await load<JssipMessage>('jssip/lib/SIPMessage.js');
  const socket = new BytesSocket();
  const ua = new UA({ sockets: [socket], uri: 'sip:nora@harbour.example', display_name: 'Nora', register: false });
  ua.start();
  return {
    sip,
    jssip: (text) => readContact(parser.parseMessage(text, ua)),
    sipjs: (text) => readContact(Parser.parseMessage(text, silent)),
    messages: {
      build: (target, body) => {
        const request = new OutgoingRequest('MESSAGE', ua.normalizeTarget(target), ua, {}, ['Content-Type: text/plain']);
        request.body = body;
        // As its client transaction does.
        const branch = `z9hG4bK${Math.floor(Math.random() * 10_000_000)}`;
        request.setHeader('via', `SIP/2.0/TCP ${ua.configuration.via_host};branch=${branch}`);
        return Buffer.from(request.toString(), 'utf8');
      },
      send: (target, body) => {
        ua.sendMessage(target, body);
        for (const transaction of Object.values(ua._transactions.nict)) {
          clearTimeout(transaction.F);
          ua.destroyTransaction(transaction);
        }
      },
      stop: () => ua.stop(),
    },
  };
}

/** What JsSIP calls a socket; this one makes bytes of what it is given, and nothing else. */
class BytesSocket {
  readonly via_transport = 'TCP';
  readonly url = 'tcp://edge.harbour.example';
  readonly sip_uri = 'sip:edge.harbour.example;transport=tcp';
  onconnect: () => void = () => undefined;
  bytes: Uint8Array = new Uint8Array(0);

  connect(): void {
    this.onconnect();
  }

  disconnect(): void {
    this.onconnect = () => undefined;
  }

  send(text: string): boolean {
    this.bytes = Buffer.from(text, 'utf8');
    return true;
  }
}

/** Both leave Contact as text until it is asked for; a full parse has it. */
function readContact(message: ParsedMessage | undefined): unknown {
  message?.parseHeader('contact');
  return message;
}
