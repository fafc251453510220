// People on the development server: a headless app each, signed in.
import type { DevelopmentServer } from '../../../build/server/server.ts';
import { HeadlessApp, temporaryProfile } from './headless-app.ts';

export interface Person {
  readonly name: string;
  readonly address: string;
  readonly accountId: string;
  readonly profile: string;
  app: HeadlessApp;
}

export type Transport = 'udp' | 'tcp' | 'tls';

/** Makes people and cleans up after them, whatever happened in between. */
export class People {
  readonly #server: DevelopmentServer;
  readonly #apps = new Set<HeadlessApp>();
  readonly #profiles: { remove(): void }[] = [];

  constructor(server: DevelopmentServer) {
    this.#server = server;
  }

  /** The input of `addAccount` for one of the server's accounts. */
  settings(
    name: string,
    transport: Transport,
  ): { address: string; password: string; outboundProxy: string; xcapRoot: string; caFile?: string } {
    const user = this.#server.users.find((known) => known.name === name);
    if (user === undefined) throw new Error(`the server has no account ${name}`);
    return {
      address: `sip:${name}@${this.#server.domain}`,
      password: user.password,
      outboundProxy: this.#server.proxy(transport),
      xcapRoot: this.#server.xcapRoot,
      ...(transport === 'tls' ? { caFile: this.#server.caFile } : {}),
    };
  }

  async signIn(name: string, transport: Transport): Promise<Person> {
    const app = await this.newcomer();
    const settings = this.settings(name, transport);
    const { accountId } = await app.call('addAccount', settings);
    const person = { name, address: settings.address, accountId, profile: app.profile, app };
    await this.everythingOk(person);
    return person;
  }

  /** An app that nobody has signed in to yet. */
  async newcomer(): Promise<HeadlessApp> {
    const profile = temporaryProfile();
    this.#profiles.push(profile);
    return this.launch(profile.path);
  }

  async launch(profile: string): Promise<HeadlessApp> {
    const app = new HeadlessApp(profile);
    this.#apps.add(app);
    return app.ready();
  }

  /** Quits and starts again on the same profile. */
  async restart(person: Person): Promise<void> {
    await person.app.stop();
    this.#apps.delete(person.app);
    person.app = await this.launch(person.profile);
    await this.everythingOk(person);
  }

  /** Waits until registration, publication, watcher information and policy are all well. */
  async everythingOk(person: Person, withinMs?: number): Promise<void> {
    await person.app.change(
      'account-changed',
      ({ account }) =>
        account.accountId === person.accountId &&
        [account.registration, account.publication, account.watcherInfo, account.policy].every((part) => part.state === 'ok'),
      withinMs,
    );
  }

  async end(): Promise<void> {
    await Promise.allSettled([...this.#apps].map((app) => app.signal('SIGKILL')));
    for (const profile of this.#profiles) profile.remove();
  }
}

/** `watcher` adds `presentity`, who answers with `decision`; resolves when the server has confirmed it. */
export async function askAndAnswer(
  watcher: Person,
  presentity: Person,
  decision: 'allow' | 'block' | 'politely-block',
  untilMs?: number,
): Promise<void> {
  await watcher.app.call('addContact', { accountId: watcher.accountId, address: presentity.address });
  const { request } = await presentity.app.change('request-added', (change) => change.request.address === watcher.address);
  await presentity.app.call('decideRequest', { requestId: request.requestId, decision, ...(untilMs === undefined ? {} : { untilMs }) });
  await presentity.app.change(
    'watcher-changed',
    (change) => change.watcher.address === watcher.address && change.watcher.decision === decision && change.watcher.isConfirmed,
  );
}
