// RFC 5839: notifications that say nothing new are left out; RFC 6446: not more often than asked. Between two real endpoints.
import { describe, expect, it } from 'vitest';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import type { SubscribeOptions } from '../../../main/simple/event/subscription.ts';
import type { Dialog } from '../../../main/sip/index.ts';
import { createTestInternet } from '../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { ADA, BOB, CLIENT_ADDRESS, createScriptedServer, headerOf } from '../../support/scripted-server.ts';

/** A notifier with one state whose tag is `tag`; it refuses Event parameters where `isStrict`. */
async function setUp(isStrict = false, more: Partial<SubscribeOptions> = {}) {
  const net = createTestInternet();
  const { clock } = net;
  const server = await createScriptedServer(net);
  const endpoint = await net.endpoint(CLIENT_ADDRESS);
  const current: { tag: string | undefined } = { tag: 'v1' };
  const heard: string[] = [];
  const states: string[] = [];
  let dialog: Dialog | undefined;
  const notify = (): void => {
    const headers = current.tag === undefined ? [] : [{ name: 'SIP-ETag', value: current.tag }];
    const sent = server.notify(dialog!, 'presence', 'active;expires=600', { contentType: 'text/plain', text: current.tag ?? '-', headers });
    dialog = sent.dialog;
  };
  server.script(
    'SUBSCRIBE',
    (request) => {
      if (isStrict && headerOf(request, 'Event') !== 'presence') return { status: 489 };
      const expires = headerOf(request, 'Expires') ?? '';
      const headers = [{ name: 'Expires', value: expires }];
      const isSame = current.tag !== undefined && headerOf(request, 'Suppress-If-Match') === current.tag;
      if (isSame) return { status: 204, headers, contact: { user: 'agent' } };
      dialog ??= server.dialogFor(request, 't');
      clock.startTimer(5, notify);
      return { status: 200, headers, contact: { user: 'agent' }, toTag: 't' };
    },
    'presence',
  );
  const subscriber = createSubscriber({
    endpoint,
    clock,
    random: createFakeRandom(4),
    log: () => undefined,
    address: ADA,
    event: 'presence',
  });
  const subscription = subscriber.subscribe({
    target: BOB,
    accept: ['text/plain'],
    expiresSeconds: 600,
    onNotify: ({ body }) => heard.push(new TextDecoder().decode(body)),
    onState: ({ kind }) => states.push(kind),
    ...more,
  });
  const conditions = (): (string | undefined)[] => server.requests.map((request) => headerOf(request, 'Suppress-If-Match'));
  return { clock, server, subscription, current, heard, states, conditions, notify };
}

describe('Suppress-If-Match (RFC 5839 §5)', () => {
  it('a refresh that brings nothing new brings no NOTIFY, and the subscription lives on', async () => {
    const { clock, heard, states, conditions, current } = await setUp();
    await clock.until(() => heard.length === 1);
    await clock.advance(1_000_000);
    expect(heard).toEqual(['v1']);
    expect(conditions()).toEqual([undefined, 'v1', 'v1']);
    expect(new Set(states)).toEqual(new Set(['active']));
    current.tag = 'v2';
    await clock.advance(500_000);
    expect({ heard, last: conditions().at(-1) }).toEqual({ heard: ['v1', 'v2'], last: 'v1' });
  });

  it('whoever asks for full state gets it; without a tag nothing is conditional', async () => {
    const { clock, heard, subscription, conditions, current } = await setUp();
    await clock.until(() => heard.length === 1);
    subscription.refreshNow();
    await clock.until(() => heard.length === 2);
    current.tag = undefined;
    subscription.refreshNow();
    await clock.until(() => heard.length === 3);
    await clock.advance(500_000);
    expect(conditions()).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('what could not be taken comes again', async () => {
    let isBroken = true;
    const taken: string[] = [];
    const { clock, conditions } = await setUp(false, {
      onNotify: ({ body }) => {
        if (isBroken) throw new Error('not now');
        taken.push(new TextDecoder().decode(body));
      },
    });
    await clock.advance(1_000);
    isBroken = false;
    await clock.advance(500_000);
    expect([taken, conditions()]).toEqual([['v1'], [undefined, undefined]]);
  });
});

describe('min-interval (RFC 6446 §5.1)', () => {
  it('is asked for, and taken back where the server cannot stand it', async () => {
    const lenient = await setUp(false, { minIntervalSeconds: 30 });
    await lenient.clock.until(() => lenient.heard.length === 1);
    const strict = await setUp(true, { minIntervalSeconds: 30 });
    await strict.clock.until(() => strict.heard.length === 1);
    await strict.clock.advance(500_000);
    const events = ({ server }: typeof strict): (string | undefined)[] => server.requests.map((request) => headerOf(request, 'Event'));
    expect([events(lenient), events(strict)]).toEqual([['presence;min-interval=30'], ['presence;min-interval=30', 'presence', 'presence']]);
    expect(new Set(strict.states)).toEqual(new Set(['active']));
  });
});
