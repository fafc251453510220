// WebSocket frames of a hostile server: any pieces, too many pieces, empty pieces (RFC 6455 §5.4).
import { expect, it } from 'vitest';
import { WebSocketReader } from '../../../../main/sip/transport/websocket-frame.ts';

/** An unmasked frame, as servers send them. */
function frame(first: number, payload: Uint8Array): Buffer {
  const length = Buffer.alloc(3);
  length[0] = 126;
  length.writeUInt16BE(payload.length, 1);
  return Buffer.concat([Buffer.of(first), length, payload]);
}

it('reads the same message in whatever pieces it comes', () => {
  const payload = Buffer.from('a message of some length, long enough to be cut apart');
  const bytes = Buffer.concat([frame(0x81, payload), frame(0x89, Buffer.alloc(0)), frame(0x82, payload)]);
  const expected = [
    { kind: 'message', payload },
    { kind: 'ping', payload: Buffer.alloc(0) },
    { kind: 'message', payload },
  ];
  for (let step = 1; step <= bytes.length; step += 1) {
    const reader = new WebSocketReader();
    const items = [];
    for (let at = 0; at < bytes.length; at += step) items.push(...reader.feed(bytes.subarray(at, at + step)));
    expect(items.map((item) => ('payload' in item ? { ...item, payload: Buffer.from(item.payload) } : item))).toEqual(expected);
  }
});

it('ends with a message in too many pieces, even empty ones', () => {
  const reader = new WebSocketReader();
  const pieces = [frame(0x01, Buffer.alloc(0)), ...Array.from({ length: 5_000 }, () => Buffer.of(0x00, 0x00))];
  expect(reader.feed(Buffer.concat(pieces))).toEqual([{ kind: 'failure', reason: 'a message in too many pieces', status: 1009 }]);
  expect(reader.feed(frame(0x80, Buffer.alloc(0)))).toEqual([]);
});
