// One question to one name server: over UDP, and over TCP where the answer does not fit (RFC 1035 §4.2, RFC 7766).
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import type { Clock } from '../clock.ts';
import type { NetworkAddress } from '../network.ts';
import { parseReply, printQuestion } from './dns-answer.ts';
import type { DnsReply, Question, RecordType } from './dns-answer.ts';

export type AskServer = <Type extends RecordType>(server: NetworkAddress, question: Question<Type>) => Promise<DnsReply<Type>>;

/** Several servers asked twice each stay below the 5 s a connection attempt gets. */
const ANSWER_WITHIN_MS = 1_000;
/** A message over TCP has its length in front, in two bytes. */
const LENGTH_BYTES = 2;

export function createAskServer(clock: Clock): AskServer {
  return async <Type extends RecordType>(server: NetworkAddress, question: Question<Type>): Promise<DnsReply<Type>> => {
    const reply = await settled<Type>(clock, (done) => overUdp(server, question, done));
    return reply.kind === 'truncated' ? settled<Type>(clock, (done) => overTcp(server, question, done)) : reply;
  };
}

type Done<Type extends RecordType> = (reply: DnsReply<Type>) => void;

/** Runs one exchange until it says something or the time is over; `start` returns how to end it. */
function settled<Type extends RecordType>(clock: Clock, start: (done: Done<Type>) => () => void): Promise<DnsReply<Type>> {
  return new Promise((resolve) => {
    const end = (reply: DnsReply<Type>): void => {
      timer.cancel();
      close();
      resolve(reply);
    };
    const timer = clock.startTimer(ANSWER_WITHIN_MS, () => end({ kind: 'failed', reason: 'the name server did not answer' }));
    // WHY: `end` must not run before `close` is known.
    const close = start((reply) => queueMicrotask(() => end(reply)));
  });
}

/** SECURITY: a socket of its own for each question has a port nobody can guess, and hears that server only (RFC 5452 §9). */
function overUdp<Type extends RecordType>(server: NetworkAddress, question: Question<Type>, done: Done<Type>): () => void {
  const socket = createSocket(server.address.includes(':') ? 'udp6' : 'udp4');
  let isOpen = true;
  socket.on('error', (error) => done({ kind: 'failed', reason: error.message }));
  socket.on('message', (bytes) => {
    const reply = parseReply(bytes, question);
    if (reply !== undefined) done(reply);
  });
  socket.once('connect', () => {
    if (isOpen) socket.send(printQuestion(question));
  });
  // WHY without a callback: Node would call it for failure too, e.g. where there is no network, and a send without port throws.
  socket.connect(server.port, server.address);
  return () => {
    if (!isOpen) return;
    isOpen = false;
    socket.close();
  };
}

function overTcp<Type extends RecordType>(server: NetworkAddress, question: Question<Type>, done: Done<Type>): () => void {
  const socket = createConnection({ host: server.address, port: server.port });
  let received = Buffer.alloc(0);
  socket.on('error', (error) => done({ kind: 'failed', reason: error.message }));
  socket.on('close', () => done({ kind: 'failed', reason: 'the name server closed the connection' }));
  socket.on('connect', () => socket.write(withLength(printQuestion(question))));
  socket.on('data', (bytes) => {
    // Bounded by itself: 65535 bytes after the length are all that is ever read.
    received = Buffer.concat([received, bytes]);
    if (received.length < LENGTH_BYTES || received.length < LENGTH_BYTES + received.readUInt16BE(0)) return;
    const reply = parseReply(received.subarray(LENGTH_BYTES, LENGTH_BYTES + received.readUInt16BE(0)), question);
    done(reply === undefined || reply.kind === 'truncated' ? { kind: 'failed', reason: 'the name server sent nonsense' } : reply);
  });
  return () => socket.destroy();
}

function withLength(message: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES + message.length);
  bytes.writeUInt16BE(message.length, 0);
  bytes.set(message, LENGTH_BYTES);
  return bytes;
}
