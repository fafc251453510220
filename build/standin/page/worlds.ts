// What runs in the page's world and in the preload's world of each document. Shipped to Chromium as text: each function is self-contained.
import type { Codec, Wire } from './codec.ts';
import type { CreateWorldPort } from './world-port.ts';

/** A message from the preload's world to the main process. */
export interface FromPage {
  readonly kind: 'send' | 'invoke';
  readonly channel: string;
  readonly id: number;
  readonly args: Wire[];
  readonly url: string;
}

/** A message from the main process to the preload's world. */
export type ToPage =
  | { readonly kind: 'event'; readonly channel: string; readonly args: readonly Wire[] }
  | { readonly kind: 'reply'; readonly id: number; readonly value?: Wire; readonly error?: string };

export interface PreloadEnvironment {
  /** Global function that carries text to the main process. */
  readonly binding: string;
  /** Global function that the main process calls with a `ToPage`. */
  readonly dispatch: string;
  readonly process: object;
}

export type PreloadScript = (require: (id: string) => unknown, module: { exports: object }, exports: object, process: object) => void;

/** In the page's world: puts what the preload exposes on `window`. */
export function runPageWorld(createPort: CreateWorldPort, key: string): void {
  const page = globalThis as unknown as { top: unknown };
  if (page.top !== page) return;
  const port = createPort(`${key}page`, `${key}preload`);
  port.onMessage((message) => {
    if (message.op !== 'expose' || message.key === undefined || message.api === undefined) return;
    Object.defineProperty(page, message.key, { value: port.unpack(message.api), enumerable: true });
  });
}

/** In the isolated world: gives the preload `require('electron')` with contextBridge and ipcRenderer, and runs it. */
export function runPreloadWorld(
  parts: { createPort: CreateWorldPort; createCodec: () => Codec; key: string; environment: PreloadEnvironment },
  preload: PreloadScript,
): void {
  type Listener = (event: object, ...args: unknown[]) => void;
  const world = globalThis as unknown as { top: unknown; location: { href: string } } & Record<string, (text: string) => void>;
  if (world.top !== world) return;
  const { environment } = parts;
  const port = parts.createPort(`${parts.key}preload`, `${parts.key}page`);
  const { encode, decode } = parts.createCodec();
  const post = world[environment.binding];
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, Set<Listener>>();
  let last = 0;

  const wire = (kind: FromPage['kind'], channel: string, args: unknown[], id: number): void => {
    const message: FromPage = { kind, channel, id, args: args.map(encode), url: world.location.href };
    post?.(JSON.stringify(message));
  };
  const ipcRenderer = {
    on: (channel: string, listener: Listener) => {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
      return ipcRenderer;
    },
    off: (channel: string, listener: Listener) => {
      listeners.get(channel)?.delete(listener);
      return ipcRenderer;
    },
    send: (channel: string, ...args: unknown[]) => wire('send', channel, args, 0),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        wire('invoke', channel, args, id);
        waiting.set(id, { resolve, reject });
      }),
  };
  const settle = (reply: Extract<ToPage, { kind: 'reply' }>): void => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error !== undefined) call?.reject(new Error(reply.error));
    else call?.resolve(decode(reply.value));
  };
  Object.defineProperty(world, environment.dispatch, {
    value: (message: ToPage) => {
      if (message.kind === 'reply') return settle(message);
      const args = message.args.map(decode);
      for (const listener of listeners.get(message.channel) ?? []) {
        try {
          listener({ sender: ipcRenderer, ports: [] }, ...args);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  });
  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown) => port.send({ op: 'expose', key, api: port.pack(api) }),
  };
  const require = (id: string): unknown => {
    if (id === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${id}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports, { ...environment.process, contextIsolated: true, sandboxed: true, type: 'renderer' });
}
