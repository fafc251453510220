// JsSIP and SIP.js as people at the development server, over WebSocket: installed from npm into peers/node_modules when first needed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentServer } from '../../../build/server/server.ts';

const folder = join(import.meta.dirname, '..', 'peers');

export interface WebPeer {
  /** Texts that came, oldest first. */
  readonly texts: string[];
  /** The status of the answer. */
  write(to: string, text: string): Promise<number>;
  stop(): Promise<void>;
}

export type WebPeerName = 'JsSIP' | 'SIP.js';

/** Installs the stacks; offline it throws, as it must. */
export function installWebPeers(): void {
  if (existsSync(join(folder, 'node_modules', 'sip.js', 'package.json'))) return;
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--loglevel=error'], { cwd: folder, stdio: 'pipe' });
}

/** Signs in; resolves when registered. */
export function startWebPeer(peer: WebPeerName, server: DevelopmentServer, user: string): Promise<WebPeer> {
  const login: Login = {
    url: `ws://${server.host}:${server.ports.http}/ws`,
    uri: `sip:${user}@${server.domain}`,
    user,
    password: server.users.find((known) => known.name === user)?.password ?? '',
  };
  return peer === 'JsSIP' ? startJssip(login) : startSipjs(login);
}

interface Login {
  readonly url: string;
  readonly uri: string;
  readonly user: string;
  readonly password: string;
}

interface Jssip {
  WebSocketInterface: new (url: string) => unknown;
  UA: new (settings: unknown) => {
    on(event: string, listener: (data: { originator: string; request: { body: string }; cause?: string }) => void): void;
    start(): void;
    stop(): void;
    sendMessage(to: string, text: string, options: unknown): void;
  };
}

async function startJssip({ url, uri, password }: Login): Promise<WebPeer> {
  const module = (await import(join(folder, 'node_modules/jssip/lib/JsSIP.js'))) as { default: Jssip };
  const { UA, WebSocketInterface } = module.default;
  const agent = new UA({ sockets: [new WebSocketInterface(url)], uri, password, register_expires: 60 });
  const texts: string[] = [];
  agent.on('newMessage', ({ originator, request }) => {
    if (originator === 'remote') texts.push(request.body);
  });
  await new Promise<void>((resolve, reject) => {
    agent.on('registered', () => resolve());
    agent.on('registrationFailed', ({ cause }) => reject(new Error(`JsSIP did not register: ${cause}`)));
    agent.start();
  });
  return {
    texts,
    write: (to, text) =>
      new Promise((resolve) => {
        const tell = ({ response }: { response: { status_code: number } | null }): void => resolve(response?.status_code ?? 0);
        agent.sendMessage(to, text, { contentType: 'text/plain', eventHandlers: { succeeded: tell, failed: tell } });
      }),
    stop: () =>
      new Promise((resolve) => {
        agent.on('disconnected', () => resolve());
        agent.stop();
      }),
  };
}

interface SipjsResponse {
  readonly message: { readonly statusCode: number };
}

interface Sipjs {
  UserAgent: {
    new (options: unknown): { start(): Promise<void>; stop(): Promise<void> };
    makeURI(text: string): unknown;
  };
  Registerer: new (agent: unknown) => { register(options: unknown): Promise<unknown>; unregister(): Promise<unknown> };
  Messager: new (agent: unknown, to: unknown, text: string, type: string) => { message(options: unknown): Promise<void> };
}

async function startSipjs({ url, uri, user, password }: Login): Promise<WebPeer> {
  const { UserAgent, Registerer, Messager } = (await import(join(folder, 'node_modules/sip.js/lib/index.js'))) as Sipjs;
  const texts: string[] = [];
  const agent = new UserAgent({
    uri: UserAgent.makeURI(uri),
    authorizationUsername: user,
    authorizationPassword: password,
    transportOptions: { server: url },
    logBuiltinEnabled: false,
    delegate: {
      onMessage(message: { request: { body: string }; accept(): Promise<void> }) {
        texts.push(message.request.body);
        void message.accept();
      },
    },
  });
  await agent.start();
  const registerer = new Registerer(agent);
  await answered((requestDelegate) => registerer.register({ requestDelegate }));
  return {
    texts,
    write: (to, text) =>
      answered((requestDelegate) => new Messager(agent, UserAgent.makeURI(to), text, 'text/plain').message({ requestDelegate })),
    stop: () => agent.stop(),
  };
}

/** The status of whatever the request is answered with. */
function answered(send: (delegate: unknown) => Promise<unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    const tell = ({ message }: SipjsResponse): void => resolve(message.statusCode);
    send({ onAccept: tell, onReject: tell }).catch(reject);
  });
}
