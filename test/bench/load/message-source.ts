// A server reduced to bytes, for measuring: takes a registration and sends MESSAGEs through its connection, written beforehand but for
// their number. WHY not our own endpoint: it would cost as much as what is measured, on the other core.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface MessageSource {
  readonly port: number;
  /** For `forMs`, with so many outstanding at a time, each answered 200. Gives how many were answered, and in which time. */
  send(outstanding: number, forMs: number): Promise<{ count: number; spanMs: number }>;
  stop(): Promise<void>;
}

const SENDERS = 100;
const HEAD_END = '\r\n\r\n';
const TEXT = 'Shall we take the early ferry, or sleep in and walk along the harbour?';

/** As a phone writes it: 700 bytes with the text. */
function printMessage(contact: string, number: number): string {
  const body = `${TEXT} (${number})`;
  return `MESSAGE ${contact} SIP/2.0\r
Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${number.toString(36)}x${process.pid}\r
Max-Forwards: 69\r
From: <sip:peer${number % SENDERS}@bench.example>;tag=t${number}\r
To: <sip:bob@bench.example>\r
Call-ID: ${number}-${process.pid}@192.0.2.7\r
CSeq: 1 MESSAGE\r
Content-Type: text/plain;charset=UTF-8\r
User-Agent: bench\r
Content-Length: ${Buffer.byteLength(body)}${HEAD_END}${body}`;
}

const field = (head: string, name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';

/** What the app asks for itself: registrations are granted, all else is not there. */
function answerTo(head: string): string {
  const isRegister = head.startsWith('REGISTER');
  const granted = isRegister ? `Contact: ${field(head, 'Contact')};expires=3600\r\n` : '';
  const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${field(head, name)}\r\n`).join('');
  return `SIP/2.0 ${isRegister ? '200 OK' : '501 Not Implemented'}\r\n${copied}To: ${field(head, 'To')};tag=bench\r\n${granted}Content-Length: 0${HEAD_END}`;
}

interface Load {
  readonly endsAtMs: number;
  readonly startMs: number;
  count: number;
  underWay: number;
  readonly resolve: (result: { count: number; spanMs: number }) => void;
  readonly reject: (error: Error) => void;
}

class Source implements MessageSource {
  readonly #server: Server;
  #socket: Socket | undefined;
  #contact = '';
  #sent = 0;
  #rest = '';
  #load: Load | undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => this.#hear(socket, bytes));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  send(outstanding: number, forMs: number): Promise<{ count: number; spanMs: number }> {
    return new Promise((resolve, reject) => {
      const startMs = performance.now();
      this.#load = { startMs, endsAtMs: startMs + forMs, count: 0, underWay: 0, resolve, reject };
      this.#write(outstanding);
    });
  }

  #write(count: number): void {
    if (this.#load === undefined || count === 0) return;
    let text = '';
    for (let each = 0; each < count; each += 1) text += printMessage(this.#contact, this.#sent++);
    this.#load.underWay += count;
    this.#socket?.write(text, 'latin1');
  }

  #hear(socket: Socket, bytes: Buffer): void {
    this.#rest += bytes.toString('latin1');
    let answered = 0;
    for (let end = this.#rest.indexOf(HEAD_END); end !== -1; end = this.#rest.indexOf(HEAD_END)) {
      const head = this.#rest.slice(0, end);
      const length = Number(field(head, 'Content-Length'));
      if (this.#rest.length < end + 4 + length) break;
      this.#rest = this.#rest.slice(end + 4 + length);
      if (head.startsWith('SIP/2.0 200')) answered += 1;
      else if (head.startsWith('SIP/2.0')) this.#load?.reject(new Error(`a message failed: ${head}`));
      else this.#take(socket, head);
    }
    if (answered > 0) this.#goOn(answered);
  }

  #take(socket: Socket, head: string): void {
    if (head.startsWith('REGISTER')) {
      this.#socket = socket;
      this.#contact = /<([^>]*)>/.exec(field(head, 'Contact'))?.[1] ?? '';
    }
    socket.write(answerTo(head), 'latin1');
  }

  #goOn(answered: number): void {
    const load = this.#load;
    if (load === undefined) return;
    load.count += answered;
    load.underWay -= answered;
    const nowMs = performance.now();
    if (nowMs < load.endsAtMs) this.#write(answered);
    else if (load.underWay === 0) load.resolve({ count: load.count, spanMs: nowMs - load.startMs });
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function startMessageSource(): Promise<MessageSource> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new Source(server);
}
