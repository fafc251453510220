// People on one network find each other: announces us and lists the others (RFC 6763, RFC 6762, draft-lee-sip-dns-sd-uri).
import type { Clock, Log, Random, Timer } from '../../sip/index.ts';
import { withoutZone, zoneOf } from './address-bytes.ts';
import { Announcer } from './announcer.ts';
import { GATHER_MS } from './limits.ts';
import { Link } from './link.ts';
import type { Multicast } from './multicast.ts';
import { hostRecord } from './own-records.ts';
import type { Announced } from './own-records.ts';
import { peersOf } from './peers.ts';
import type { Peer } from './peers.ts';
import { EMPTY_PACKET } from './record.ts';
import type { DnsName, DnsPacket, DnsRecord } from './record.ts';

export interface DiscoveryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly multicast: Multicast;
  readonly log: Log;
  /** Our own addresses on the networks to use: IPv4, or IPv6 with zone. `usableInterfaces` gives a default. */
  readonly interfaces: readonly string[];
}

export interface Announcement {
  /** The instance name in use; a number is added to it when somebody else has it. */
  label(): string;
  /** Tells something else from now on: name, URI, ways. */
  change(announced: Announced): void;
  /** Says goodbye, so that we disappear at once. */
  stop(): void;
}

export interface Discovery {
  announce(announced: Announced): Announcement;
  /** Tells everybody who is there, within 0.1 s of a change; first an empty list. The result stops it. */
  browse(onChanged: (peers: readonly Peer[]) => void): () => void;
  /** Nobody was reached at that place, with its zone where it has one: who does not answer when asked for is listed no more, in some seconds. */
  doubt(address: string, port: number): void;
  /** The networks from now on. To be called when they changed and after the computer slept, with the same list too: all is asked anew. */
  refreshInterfaces(interfaces: readonly string[]): void;
  /** Says goodbye and ends. Nothing is called after it. */
  stop(): void;
}

/** Bits of our host name. DEVIATION(RFC 6762 §8.1): it is not probed for; as chosen by chance, nobody else has it. */
const HOST_NAME_BITS = 80;

export function createDiscovery(options: DiscoveryOptions): Discovery {
  return new NetworkDiscovery(options);
}

class NetworkDiscovery implements Discovery {
  readonly #options: DiscoveryOptions;
  /** WHY a name of our own: the computer's belongs to its own responder, and several of us may run here. */
  readonly #hostName: DnsName;
  readonly #links = new Map<string, Link>();
  readonly #announcers = new Set<Announcer>();
  readonly #browsers = new Set<{ tell(peers: readonly Peer[]): void }>();
  #peers: readonly Peer[] = [];
  #gather: Timer | undefined;
  #isStopped = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#hostName = [`h${options.random.token(HOST_NAME_BITS).toLowerCase()}`, 'local'];
    for (const address of new Set(options.interfaces)) this.#addLink(address);
  }

  announce(announced: Announced): Announcement {
    const { clock, random, log } = this.#options;
    const sendAll = (packet: (interfaceAddress: string) => DnsPacket): void => {
      for (const link of this.#links.values()) link.send(packet(link.interfaceAddress));
    };
    const create = (told: Announced): Announcer => new Announcer({ clock, random, log, hostName: this.#hostName, sendAll }, told);
    let announcer = create(announced);
    const end = (): void => {
      if (this.#announcers.delete(announcer)) announcer.stop();
    };
    if (this.#isStopped) announcer.stop();
    else this.#announcers.add(announcer);
    return {
      label: () => announcer.label,
      change: (next) => {
        if (!this.#announcers.has(announcer) || announcer.change(next)) return;
        end();
        announcer = create(next);
        this.#announcers.add(announcer);
      },
      stop: end,
    };
  }

  browse(onChanged: (peers: readonly Peer[]) => void): () => void {
    if (this.#isStopped) return () => undefined;
    const browser = { tell: onChanged };
    this.#browsers.add(browser);
    if (this.#browsers.size === 1) for (const link of this.#links.values()) link.ask(true);
    browser.tell(this.#peers);
    return () => {
      if (this.#browsers.delete(browser) && this.#browsers.size === 0) this.#forgetPeers();
    };
  }

  doubt(address: string, port: number): void {
    const zone = zoneOf(address);
    for (const link of this.#links.values())
      if (zone === '' || zoneOf(link.interfaceAddress) === zone) link.doubt(withoutZone(address), port);
  }

  refreshInterfaces(interfaces: readonly string[]): void {
    if (this.#isStopped) return;
    const wanted = new Set(interfaces);
    for (const link of [...this.#links.values()]) {
      if (wanted.has(link.interfaceAddress)) link.reopen();
      else this.#removeLink(link);
    }
    for (const address of wanted) if (!this.#links.has(address)) this.#addLink(address);
    this.#onFoundChanged();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#browsers.clear();
    for (const announcer of this.#announcers) announcer.stop();
    this.#announcers.clear();
    this.#forgetPeers();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  #addLink(interfaceAddress: string): void {
    const { clock, random, multicast, log } = this.#options;
    const link = new Link({
      clock,
      random,
      multicast,
      log,
      interfaceAddress,
      own: (address) => this.#own(address),
      onOpened: () => {
        for (const announcer of this.#announcers) announcer.start();
      },
      onHeard: (packet) => {
        for (const announcer of this.#announcers) announcer.hear(packet);
      },
      onChanged: () => this.#onFoundChanged(),
    });
    this.#links.set(interfaceAddress, link);
    if (this.#browsers.size > 0) link.ask(true);
  }

  #removeLink(link: Link): void {
    const answers = [...this.#announcers].flatMap((announcer) => announcer.goodbye());
    if (answers.length > 0) link.send({ ...EMPTY_PACKET, isResponse: true, answers });
    link.close();
    this.#links.delete(link.interfaceAddress);
  }

  #own(interfaceAddress: string): readonly DnsRecord[] {
    const records = [...this.#announcers].flatMap((announcer) => announcer.answers());
    return records.length === 0 ? [] : [...records, hostRecord(this.#hostName, interfaceAddress)];
  }

  #onFoundChanged(): void {
    if (this.#gather !== undefined || this.#browsers.size === 0) return;
    this.#gather = this.#options.clock.startTimer(GATHER_MS, () => {
      this.#gather = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const networks = [...this.#links.values()].map((link) => ({ interfaceAddress: link.interfaceAddress, found: link.found() }));
    const peers = peersOf(networks, this.#hostName);
    if (JSON.stringify(peers) === JSON.stringify(this.#peers)) return;
    this.#peers = peers;
    for (const browser of [...this.#browsers]) if (this.#browsers.has(browser)) browser.tell(peers);
  }

  #forgetPeers(): void {
    this.#gather?.cancel();
    this.#gather = undefined;
    this.#peers = [];
    for (const link of this.#links.values()) link.ask(false);
  }
}
