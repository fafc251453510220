// What a peer sends before its connection is known to be there: kept in order, but not without bound.
import { expect, it } from 'vitest';
import type { StreamEvents, StreamSocket } from '../../../../main/sip/index.ts';
import { ConnectionTable } from '../../../../main/sip/transport/connection-table.ts';
import { Counts } from '../../../../main/sip/transport/counts.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const REMOTE = { address: '192.0.2.1', port: 5060 };
const PONG = Uint8Array.of(13, 10);

async function connect(early: readonly Uint8Array[]) {
  const counts = new Counts();
  const clock = createFakeClock();
  const ends: string[] = [];
  const table = new ConnectionTable({
    protocol: 'tcp',
    clock,
    counts,
    receiver: () => ({ onMessage: () => undefined, onFailure: () => undefined }),
    onFlowClosed: () => ends.push('flow'),
  });
  let isAborted = false;
  const socket: StreamSocket = {
    local: { address: '192.0.2.2', port: 40_000 },
    remote: REMOTE,
    write: () => true,
    pendingBytes: () => 0,
    close: () => void ends.push('socket'),
  };
  const open = async (events: StreamEvents, signal: AbortSignal): Promise<StreamSocket> => {
    signal.addEventListener('abort', () => (isAborted = true));
    for (const bytes of early) events.onData(bytes);
    await Promise.resolve();
    return socket;
  };
  const result = await table.connect(REMOTE, '', open);
  const told = { kind: result.kind, isAborted, ends: [...ends], pongs: counts.values['pongs-received'] ?? 0 };
  table.stop();
  return { ...told, timers: clock.pendingTimers() };
}

it('is taken in with the connection', async () => {
  expect(await connect([PONG])).toEqual({ kind: 'flow', isAborted: false, ends: [], pongs: 1, timers: 0 });
});

it('ends the connection where it is too much, in many pieces as in one', async () => {
  const refused = { kind: 'failed', isAborted: true, ends: ['socket'], pongs: 0, timers: 0 };
  expect(await connect([new Uint8Array(200_000)])).toEqual(refused);
  expect(await connect(Array.from({ length: 70_000 }, () => PONG))).toEqual(refused);
});
