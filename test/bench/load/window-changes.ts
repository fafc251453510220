// Presence changes by the thousand, given to the app's preload as the stand-in gives them, but from within Chromium. WHY: through the
// debugging port each change is compiled as a script of its own, which no Electron does and which costs more than all the rest.
import { CHANGE_CHANNEL } from '../../../app/bridge/channel.ts';
import type { PageChange } from '../../../app/bridge/shell-contract.ts';
import { createCodec, type Wire } from '../../../build/standin/page/codec.ts';
import type { BenchPage } from './window-pages.ts';

export interface Burst {
  readonly perSecond: number;
  readonly seconds: number;
}

/** A stride, so that those in view are among the changed ones at all times. */
const STRIDE = 7;

function change(number: number, names: readonly string[]): PageChange {
  const index = (number * STRIDE) % names.length;
  const contact = {
    contactId: String(index + 1),
    accountId: '1',
    address: `sip:contact${index}@example.org`,
    name: names[index] ?? '',
    presence: {
      availability: number % 3 === 0 ? ('busy' as const) : ('available' as const),
      note: `change ${number}`,
      activities: [],
      devices: [{ deviceId: 'd', name: '', availability: 'available' as const, note: '', address: '' }],
      changedAtMs: 1_790_000_000_000 + number,
    },
    subscription: { state: 'active' as const, sinceMs: 0 },
  };
  return { type: 'contact-changed', contact };
}

/** In the preload's world: `__dispatch…` is where the stand-in puts what comes from the main process. */
const scriptOf = (messages: readonly object[], { perSecond, seconds }: Burst): string => `new Promise((resolve) => {
  const dispatch = globalThis[Object.getOwnPropertyNames(globalThis).find((name) => name.startsWith('__dispatch'))];
  const messages = ${JSON.stringify(messages)};
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(messages.length, ((performance.now() - startMs) * ${perSecond}) / 1000);
    for (; sent < due; sent += 1) dispatch(messages[sent]);
    if (performance.now() - startMs < ${seconds * 1000}) return;
    clearInterval(timer);
    resolve(sent);
  }, 5);
})`;

/** Resolves after the burst with how many changes were sent. */
export async function sendBurst({ cdp }: BenchPage, names: readonly string[], burst: Burst): Promise<number> {
  const { encode } = createCodec();
  const wires = Array.from({ length: burst.perSecond * burst.seconds }, (_, number): Wire => encode(change(number, names)));
  const found = new Promise<string>((resolve) => {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === 'electron-preload') resolve(context.uniqueId);
    });
  });
  await cdp.send('Runtime.enable');
  const uniqueContextId = await found;
  await cdp.send('Runtime.disable');
  const messages = wires.map((wire) => ({ kind: 'event', channel: CHANGE_CHANNEL, args: [wire] }));
  const { result } = await cdp.send('Runtime.evaluate', {
    expression: scriptOf(messages, burst),
    uniqueContextId,
    awaitPromise: true,
    returnByValue: true,
  });
  return Number(result.value);
}
