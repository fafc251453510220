// One WebSocket against a scripted server: what the opening handshake must prove, and how it ends (RFC 6455 §4.1, §5.5, §7).
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { StreamEvents, StreamSocket } from '../../../../main/sip/network.ts';
import { openWebSocket } from '../../../../main/sip/transport/websocket-stream.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';

const OPTIONS = { host: 'example.test:443', path: '/sip', random: createFakeRandom(1) };
const ADDRESS = { address: '192.0.2.1', port: 443 };

interface Server {
  readonly events: StreamEvents;
  /** What the client wrote, each write by itself. */
  readonly written: Buffer[];
  isClosed: boolean;
  pendingBytes: number;
}

/** The client's side begun: it has sent its request, and the server answers with `events.onData`. */
async function begun(signal = new AbortController().signal) {
  const heard: string[] = [];
  const events: StreamEvents = {
    onData: (bytes) => heard.push(Buffer.from(bytes).toString()),
    onClosed: () => heard.push('closed'),
  };
  let server: Server | undefined;
  const opened = openWebSocket(OPTIONS, events, signal, async (inner) => {
    const one: Server = { events: inner, written: [], isClosed: false, pendingBytes: 0 };
    server = one;
    const socket: StreamSocket = {
      local: ADDRESS,
      remote: ADDRESS,
      write: (bytes) => one.written.push(Buffer.from(bytes)) > 0,
      pendingBytes: () => one.pendingBytes,
      close: () => void (one.isClosed = true),
    };
    return socket;
  });
  await Promise.resolve();
  await Promise.resolve();
  if (server === undefined) throw new Error('nothing was opened');
  const key = /^Sec-WebSocket-Key: (.*)$/m.exec(server.written[0]?.toString() ?? '')?.[1]?.trim() ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return { server, opened, heard, accept };
}

function answer(fields: Readonly<Record<string, string>>, status = '101 Switching Protocols'): Buffer {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`HTTP/1.1 ${status}`, ...lines, '', ''].join('\r\n'));
}

function good(accept: string): Record<string, string> {
  return { Upgrade: 'WebSocket', Connection: 'keep-alive, Upgrade', 'Sec-WebSocket-Accept': accept, 'Sec-WebSocket-Protocol': 'sip' };
}

async function established() {
  const { server, opened, heard, accept } = await begun();
  server.events.onData(answer(good(accept)));
  const socket = await opened;
  server.written.length = 0;
  return { server, socket, heard };
}

/** A client's frame unmasked: its first byte and its payload. */
function read(frame: Buffer | undefined): [number, Buffer] | undefined {
  if (frame === undefined) return undefined;
  const mask = frame.subarray(2, 6);
  return [frame[0] ?? 0, Buffer.from(frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))];
}

it('begins with a request for the subprotocol of SIP', async () => {
  const { server, heard, socket } = await established();
  expect([server.isClosed, heard, server.written]).toEqual([false, [], []]);
  socket.write(Buffer.from('hello'));
  expect(read(server.written[0])).toEqual([0x82, Buffer.from('hello')]);
});

it.each<[string, (fields: Record<string, string>) => Record<string, string>, string]>([
  ['no Upgrade', ({ Upgrade: _, ...rest }) => rest, 'the server did not change to WebSocket'],
  ['another Upgrade', (fields) => ({ ...fields, Upgrade: 'h2c' }), 'the server did not change to WebSocket'],
  ['no Connection', ({ Connection: _, ...rest }) => rest, 'the server did not change to WebSocket'],
  ['a Connection that stays', (fields) => ({ ...fields, Connection: 'keep-alive' }), 'the server did not change to WebSocket'],
  [
    'an extension',
    (fields) => ({ ...fields, 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
    'the server uses an extension of WebSocket that nobody asked for',
  ],
  ['no proof', ({ 'Sec-WebSocket-Accept': _, ...rest }) => rest, 'the server did not prove that it speaks WebSocket'],
  ['a wrong proof', (fields) => ({ ...fields, 'Sec-WebSocket-Accept': 'x' }), 'the server did not prove that it speaks WebSocket'],
  ['no subprotocol', ({ 'Sec-WebSocket-Protocol': _, ...rest }) => rest, 'the server does not speak SIP over this WebSocket'],
])('ends at an answer with %s', async (_, change, reason) => {
  const { server, opened, accept } = await begun();
  server.events.onData(answer(change(good(accept))));
  await expect(opened).rejects.toThrow(reason);
  expect(server.isClosed).toBe(true);
});

it('ends at another status, at no HTTP, at too much of it, and when given up', async () => {
  const forbidden = await begun();
  forbidden.server.events.onData(answer({}, '403 Forbidden'));
  await expect(forbidden.opened).rejects.toThrow('the server answered 403');
  const other = await begun();
  other.server.events.onData(Buffer.from('SSH-2.0-x\r\n\r\n'));
  await expect(other.opened).rejects.toThrow('the server does not speak WebSocket there');
  const endless = await begun();
  endless.server.events.onData(Buffer.alloc(9_000, 'x'));
  await expect(endless.opened).rejects.toThrow('the server does not speak WebSocket there');
  const abort = new AbortController();
  const waiting = await begun(abort.signal);
  abort.abort();
  await expect(waiting.opened).rejects.toThrow('given up');
  await expect((await begun(AbortSignal.abort())).opened).rejects.toThrow('given up');
});

it.each<[string, readonly number[], readonly number[]]>([
  ['a Close frame with a status', [0x88, 2, 0x03, 0xe9], [0x03, 0xe9]],
  ['a Close frame with status and text', [0x88, 4, 0x0f, 0xa0, 0x68, 0x69], [0x0f, 0xa0]],
  ['a Close frame without status', [0x88, 0], []],
  ['a Close frame with half a status', [0x88, 1, 3], [0x03, 0xea]],
  ['a status that is reserved', [0x88, 2, 0x03, 0xed], [0x03, 0xea]],
  ['a status nobody may send', [0x88, 2, 0, 1], [0x03, 0xea]],
  ['a masked frame', [0x82, 0x80, 0, 0, 0, 0], [0x03, 0xea]],
  ['an extension bit', [0xc2, 0], [0x03, 0xea]],
  ['a long control frame', [0x89, 126, 0, 126, ...Array<number>(126).fill(0)], [0x03, 0xea]],
  ['an unknown opcode', [0x83, 0], [0x03, 0xea]],
  ['a message without end', [0x82, 127, 0, 0, 0, 0, 0xff, 0, 0, 0], [0x03, 0xf1]],
])('answers %s with one Close frame, and hears nothing after it', async (_, bytes, status) => {
  const { server, socket, heard } = await established();
  server.events.onData(Buffer.from([...bytes, 0x82, 1, 0x61]));
  server.events.onData(Buffer.of(0x82, 1, 0x62));
  socket.close();
  expect(server.written.map(read)).toEqual([[0x88, Buffer.from(status)]]);
  expect([server.isClosed, heard, socket.write(Buffer.of(1))]).toEqual([true, [], false]);
  server.events.onClosed(undefined);
  expect(heard).toEqual(['closed']);
});

it('answers pings, but not those of a server that reads nothing', async () => {
  const { server } = await established();
  server.events.onData(Buffer.of(0x89, 1, 7, 0x8a, 0));
  expect(server.written.map(read)).toEqual([[0x8a, Buffer.of(7)]]);
  server.pendingBytes = 100_000;
  server.events.onData(Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.of(0x89, 0))));
  expect([server.written.length, server.isClosed]).toEqual([1, false]);
});

it('hears a text that is not UTF-8 as it is', async () => {
  const { server, heard } = await established();
  server.events.onData(Buffer.of(0x81, 2, 0x61, 0xff));
  expect([heard, server.isClosed]).toEqual([['a\ufffd'], false]);
});
