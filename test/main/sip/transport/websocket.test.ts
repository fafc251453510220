// WebSocket: frames in any pieces, and a whole endpoint through a real upgrade (RFC 6455, RFC 7118).
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../main/sip/index.ts';
import { clientFrame, WebSocketReader } from '../../../../main/sip/transport/websocket-frame.ts';
import type { WebSocketItem } from '../../../../main/sip/transport/websocket-frame.ts';
import { sipUri, textMessage } from '../../../support/endpoint-pair.ts';
import { openEndpoint } from '../../../support/open-endpoint.ts';

const NO_MASK = new Uint8Array(4);
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A client's frame with a mask of zeros is a server's frame once mask and mask bit are taken out. */
function serverFrame(opcode: number, payload: Uint8Array, isLast = true): Uint8Array {
  const frame = clientFrame(opcode, payload, NO_MASK);
  const head = frame.length - payload.length - 4;
  frame[0] = (isLast ? 0x80 : 0) | opcode;
  frame[1] = (frame[1] ?? 0) & 0x7f;
  return Buffer.concat([frame.subarray(0, head), payload]);
}

function feedInPieces(bytes: Uint8Array, size: number): WebSocketItem[] {
  const reader = new WebSocketReader();
  const items: WebSocketItem[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) items.push(...reader.feed(bytes.subarray(offset, offset + size)));
  return items;
}

describe('WebSocketReader', () => {
  it('reads messages of any size in any pieces, with control frames between fragments', () => {
    const payload = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 65_530, maxLength: 65_540, size: 'max' }));
    fc.assert(
      fc.property(payload, payload, fc.integer({ min: 1, max: 5_000 }), (one, two, size) => {
        const stream = Buffer.concat([
          serverFrame(1, one, false),
          serverFrame(9, Uint8Array.of(7)),
          serverFrame(0, two),
          serverFrame(2, two),
          serverFrame(8, new Uint8Array(0)),
        ]);
        const items = feedInPieces(stream, size);
        expect(items.map((item) => item.kind)).toEqual(['ping', 'message', 'message', 'close']);
        const payloads = items.flatMap((item) => (item.kind === 'message' ? [Buffer.from(item.payload)] : []));
        expect(payloads.map((bytes, index) => bytes.equals(index === 0 ? Buffer.concat([one, two]) : two))).toEqual([true, true]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a masked frame', clientFrame(2, Uint8Array.of(1), Uint8Array.of(1, 2, 3, 4))],
    ['a reserved bit', Uint8Array.of(0xc2, 0)],
    ['a length beyond all bounds', Uint8Array.of(0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a continuation of nothing', serverFrame(0, Uint8Array.of(1))],
    ['a message inside a message', Buffer.concat([serverFrame(1, Uint8Array.of(1), false), serverFrame(1, Uint8Array.of(1))])],
    ['a ping in pieces', serverFrame(9, Uint8Array.of(1), false)],
  ])('gives up at %s', (_, bytes) => {
    const reader = new WebSocketReader();
    expect(reader.feed(bytes).map((item) => item.kind)).toEqual(['failure']);
    expect(reader.feed(serverFrame(2, Uint8Array.of(1)))).toEqual([]);
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        const failures = feedInPieces(bytes, size).filter((item) => item.kind === 'failure');
        expect(failures.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

/** Unmasks one client frame that arrived whole. */
function clientPayload(frame: Buffer): Buffer {
  const length = (frame[1] ?? 0) & 0x7f;
  const head = length === 126 ? 4 : 2;
  const mask = frame.subarray(head, head + 4);
  return Buffer.from(frame.subarray(head + 4).map((byte, index) => byte ^ (mask[index & 3] ?? 0)));
}

async function serve(subprotocol: string): Promise<number> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('upgrade', (request, socket: Socket) => {
    sockets.add(socket);
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const fields = [
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${subprotocol}`,
    ];
    socket.write(['HTTP/1.1 101 Switching Protocols', ...fields, '', ''].join('\r\n'));
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      if (((data[0] ?? 0) & 0x0f) === 8) return;
      const copied = clientPayload(data)
        .toString()
        .match(/^(Via|From|To|Call-ID|CSeq):.*$/gim);
      const answer = ['SIP/2.0 200 OK', ...(copied ?? []), '', ''].join('\r\n');
      socket.write(Buffer.concat([serverFrame(9, Uint8Array.of(1)), serverFrame(1, Buffer.from(answer))]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(port: number): Promise<Outcome> {
  const endpoint = await openEndpoint({
    preferredTransport: 'ws',
    webSocketPath: '/sip',
  });
  closers.push(() => void endpoint.stop());
  const request = textMessage(sipUri('alice', 'example.test'), sipUri('bob', '127.0.0.1', { port }), 'hello', {
    contact: { user: 'alice' },
  });
  return endpoint.send(request).outcome;
}

describe('an endpoint over WebSocket', () => {
  it('sends one SIP message in one WebSocket message and takes the answer without Content-Length', async () => {
    const outcome = await ask(await serve('sip'));
    expect(outcome).toMatchObject({
      kind: 'final',
      response: { status: 200 },
      flow: { protocol: 'ws' },
      request: { vias: [{ transport: 'WS' }], contacts: [{ uri: { parameters: [{ name: 'transport', value: 'ws' }] } }] },
    });
  });

  it('says that the server does not speak SIP there', async () => {
    expect(await ask(await serve('chat'))).toEqual({
      kind: 'transport-failed',
      cause: 'refused',
      reason: 'the server does not speak SIP over this WebSocket',
    });
  });
});
