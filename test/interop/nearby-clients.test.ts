// Other SIP programs and a person without a server, directly and on the loopback interface: baresip and SIPp write, are written to, and watch;
// another program announces itself by the same names of DNS-SD.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { encode } from 'dns-packet';
import type { Answer } from 'dns-packet';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../build/server/ports.ts';
import { selfSigned } from '../support/own-certificate.ts';
import { Baresip } from './support/baresip.ts';
import type { NearbyPerson } from './support/nearby-people.ts';
import { NearbyPeople, listed, texts, write } from './support/nearby-people.ts';
import { runSipp, startSipp } from './support/sipp.ts';
import type { SippRun } from './support/sipp.ts';

const HOST = '127.0.0.1';
const people = new NearbyPeople();
afterAll(() => people.end());

let ada: NearbyPerson;
/** Of UDP and TCP; TLS has the next. */
let adasPort: number;
let sippPort: number;
beforeEach(async () => {
  ada = await people.start('Ada');
  const { accounts } = await ada.app.call('listAccounts', {});
  adasPort = accounts[0]?.settings.listenPort ?? 0;
  sippPort = (await freePorts(HOST, undefined)).sip;
});

const userOf = ({ address }: NearbyPerson): string => /sip:([^@]*)@/.exec(address)?.[1] ?? '';

async function requestOf(address: string): Promise<void> {
  const { accountId } = ada;
  await ada.app.until('listRequests', { accountId }, ({ requests }) => requests.some((request) => request.address === address));
}

async function decide(address: string, decision: 'allow' | 'block' | 'politely-block'): Promise<void> {
  await ada.app.call('decideWatcher', { accountId: ada.accountId, address, decision });
}

/** What became of the text; waits until that is known. */
async function fateOf(text: string): Promise<string> {
  const { message } = await ada.app.change(
    'message-changed',
    (change) => change.message.text === text && !['queued', 'sending'].includes(change.message.state),
  );
  return message.state;
}

/** Of each NOTIFY, in order: its state, whether it has a document and what that says. */
function notified({ messages }: SippRun): string[] {
  return messages.split(/^-{20,}.*$/m).flatMap((message) => {
    const state = /^Subscription-State: (\w+)(?:.*?reason=(\w+))?/m.exec(message);
    if (state === null || !message.includes('NOTIFY sip:')) return [];
    return [[state[1], state[2], /<basic>(\w+)</.exec(message)?.[1]].filter((word) => word !== undefined).join(' ')];
  });
}

function sipp(scenario: string, transport: 'udp' | 'tcp', user: string) {
  const keys = { domain: HOST, user };
  return { scenario, to: `${HOST}:${adasPort}`, localPort: sippPort, transport, calls: 1, service: userOf(ada), keys };
}

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('SIPp writes to us, and is written to where it wrote from', async () => {
    const run = await runSipp(sipp('send-message', transport, 'sipp'));
    expect(run.exitCode, run.messages.slice(-3_000)).toBe(0);
    const address = `sip:sipp@${HOST}:${sippPort}`;
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sippPort, transport, calls: 1 });
    await write(ada, { address }, 'back to you');
    expect([(await accepting.ended).exitCode, await fateOf('back to you'), await texts(ada, { address })]).toEqual([
      0,
      'accepted',
      ['text 1 from SIPp', 'back to you'],
    ]);
  });

  test('SIPp watches: pending, then presence, then rejected', async () => {
    const address = `sip:zoe@${HOST}:${sippPort}`;
    const { ended } = await startSipp(sipp('watch-presence', transport, 'zoe'));
    await requestOf(address);
    await decide(address, 'allow');
    await ada.app.change('watcher-changed', ({ watcher }) => watcher.address === address && watcher.state === 'active');
    await decide(address, 'block');
    const run = await ended;
    expect([run.exitCode, notified(run)], run.messages.slice(-3_000)).toEqual([0, ['pending', 'active open', 'terminated rejected']]);
    // Where we listen, and not where a connection of ours happened to begin.
    expect(new Set(run.messages.match(/^Contact: <sip:\w+@127\.0\.0\.1:\d+/gm)?.map((text) => text.split(':').at(-1)))).toEqual(
      new Set([String(sippPort), String(adasPort)]),
    );
  });

  test('SIPp asks once: a stranger is told nothing, a friend the truth, and politely blocked what anybody is told of who is away', async () => {
    const fetched = async (user: string): Promise<SippRun> => {
      const run = await runSipp(sipp('fetch-presence', transport, user));
      expect(run.exitCode, run.messages.slice(-3_000)).toBe(0);
      return run;
    };
    const of = (user: string): string => `sip:${user}@${HOST}:${sippPort}`;
    const stranger = notified(await fetched('stranger'));
    await decide(of('polite'), 'politely-block');
    await decide(of('friend'), 'allow');
    const [friend, polite] = [notified(await fetched('friend')), await fetched('polite')];
    await ada.app.call('setOwnPresence', { accountId: ada.accountId, availability: 'invisible' });
    const away = await fetched('friend');
    const document = ({ messages }: SippRun): string => /<\?xml[^]*<\/presence>/.exec(messages)?.[0] ?? 'none';
    expect([stranger, friend, notified(polite), document(polite)]).toEqual([
      ['terminated timeout'],
      ['terminated timeout open'],
      ['terminated timeout closed'],
      document(away),
    ]);
  });
});

describe.each(['udp', 'tcp', 'tls'] as const)('baresip over %s', (transport) => {
  test('watches: pending, online, rejected; and we write to each other', async () => {
    const port = transport === 'tls' ? adasPort + 1 : adasPort;
    const contactUri = `sip:${userOf(ada)}@${HOST}:${port};transport=${transport}`;
    const bob = await Baresip.alone('bob', { contactUri, transport, identity: await selfSigned({}) });
    try {
      await requestOf(bob.address);
      await decide(bob.address, 'allow');
      await bob.printed(/Subscription-State: active[^]*<basic>open</);
      await bob.command('message', 'hello from baresip');
      await ada.app.change('message-added', ({ message }) => message.text === 'hello from baresip' && message.address === bob.address);
      await write(ada, bob, 'hello baresip');
      await bob.printed(/hello baresip/);
      const fate = await fateOf('hello baresip');
      await decide(bob.address, 'block');
      await bob.printed(/changed status from .*Online.* to .*Unknown[^]*subscriber closed .*rejected/);
      expect([fate, await texts(ada, bob)]).toEqual(['accepted', ['hello from baresip', 'hello baresip']]);
    } finally {
      await bob.stop();
    }
  });
});

/** A stand-in for another program: says by multicast that somebody is there, with a library alone, and goodbye at the end. */
class Announcer {
  readonly #socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  readonly #instance: string;
  readonly #contact: string;
  readonly #port: number;

  constructor(user: string, port: number) {
    this.#contact = `sip:${user}@${HOST}:${port}`;
    this.#instance = `${this.#contact}._sipuri._udp.local`;
    this.#port = port;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.bind(5353, '0.0.0.0', () => {
        this.#socket.setMulticastInterface(HOST);
        resolve(this.say(120));
      });
    });
  }

  /** 0: goodbye. */
  say(ttl: number): Promise<void> {
    const host = `zoe-${this.#port}.local`;
    const answers: Answer[] = [
      { type: 'PTR', name: '_sipuri._udp.local', ttl, data: this.#instance },
      { type: 'SRV', name: this.#instance, ttl, flush: true, data: { port: this.#port, target: host, priority: 0, weight: 0 } },
      { type: 'TXT', name: this.#instance, ttl, flush: true, data: ['txtvers=1', 'name=Zoë \u202eother', `contact=<${this.#contact}>`] },
      { type: 'A', name: host, ttl, flush: true, data: HOST },
    ];
    const bytes = encode({ type: 'response', flags: 0x400, answers });
    return new Promise((resolve) => this.#socket.send(bytes, 5353, '224.0.0.251', () => resolve()));
  }

  stop(): void {
    this.#socket.close();
  }
}

test('another program that announces itself by the same names is listed as unverified, reached, and gone when it says so', async () => {
  const address = `sip:zoe@${HOST}:${sippPort}`;
  const other = new Announcer('zoe', sippPort);
  try {
    await other.start();
    const seen = await listed(ada, { address }, ({ isHere }) => isHere);
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sippPort, transport: 'udp', calls: 1 });
    await write(ada, { address }, 'found you');
    expect([(await accepting.ended).exitCode, await fateOf('found you'), seen]).toEqual([
      0,
      'accepted',
      {
        accountId: ada.accountId,
        address,
        displayName: 'Zoë other',
        isVerified: false,
        trust: 'plain',
        isHere: true,
        location: `${HOST}:${sippPort}`,
      },
    ]);
    await other.say(0);
    await ada.app.until('listNearby', { accountId: ada.accountId }, ({ peers }) => peers.every((peer) => peer.address !== address));
  } finally {
    other.stop();
  }
});
