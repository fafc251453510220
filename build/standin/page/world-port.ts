// One end of the channel between the page's world and the preload's, as contextBridge has it: data is copied and frozen, functions and promises are proxied.
// Runs inside Chromium: the function is self-contained and shipped as text.

/** A value on its way: data, a function, a promise, an error, an array or an object. */
export type Packed =
  | { readonly v: unknown }
  | { readonly f: number }
  | { readonly p: number }
  | { readonly e: readonly [string, string] }
  | { readonly a: readonly Packed[] }
  | { readonly o: readonly (readonly [string, Packed])[] };

export interface WorldPort {
  send(message: object): void;
  pack(value: unknown): Packed;
  unpack(packed: Packed): unknown;
  /** Told of messages that are not the channel's own. */
  onMessage(listener: (message: { op: string; key?: string; api?: Packed }) => void): void;
}

export type CreateWorldPort = (inName: string, outName: string) => WorldPort;

export const createWorldPort: CreateWorldPort = function createWorldPort(inName, outName) {
  interface Message {
    op: string;
    id: number;
    call: number;
    args: Packed[];
    result: Packed;
  }
  // Taken before the page's own scripts can replace them. Synchronous DOM events cross the worlds; a random name keeps others out.
  const world = globalThis as unknown as EventTarget;
  const PageEvent = CustomEvent;
  const dispatch = world.dispatchEvent.bind(world);
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const replies = new Map<number, Packed>();
  const promises = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let last = 0;
  let listener: Parameters<WorldPort['onMessage']>[0] = () => {};

  const send = (message: object): void => {
    dispatch(new PageEvent(outName, { detail: message }));
  };
  const packError = (error: unknown): Packed => ({
    e: error instanceof Error ? [error.name, error.message] : ['Error', String(error)],
  });
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') {
      functions.set(++last, value as (...args: unknown[]) => unknown);
      return { f: last };
    }
    if (value instanceof Promise) {
      const id = ++last;
      const settle = (result: Packed): void => send({ op: 'settle', id, result });
      value.then(
        (result) => settle(pack(result)),
        (error: unknown) => settle(packError(error)),
      );
      return { p: id };
    }
    if (value instanceof Error) return packError(value);
    if (Array.isArray(value)) return { a: value.map(pack) };
    if (Object.prototype.toString.call(value) === '[object Object]') {
      return { o: Object.entries(value as object).map(([key, entry]) => [key, pack(entry)] as const) };
    }
    return { v: value };
  };
  const unpack = (packed: Packed): unknown => {
    if ('f' in packed) return (...args: unknown[]) => callOther(packed.f, args);
    if ('p' in packed) return new Promise((resolve, reject) => promises.set(packed.p, { resolve, reject }));
    if ('e' in packed) return Object.assign(new Error(packed.e[1]), { name: packed.e[0] });
    if ('a' in packed) return Object.freeze(packed.a.map(unpack));
    if ('o' in packed) return Object.freeze(Object.fromEntries(packed.o.map(([key, entry]) => [key, unpack(entry)])));
    return packed.v;
  };
  const callOther = (id: number, args: unknown[]): unknown => {
    const call = ++last;
    send({ op: 'call', call, id, args: args.map(pack) });
    const result = replies.get(call);
    replies.delete(call);
    if (!result) throw new Error('The other world is gone.');
    if ('e' in result) throw unpack(result);
    return unpack(result);
  };
  const answerCall = (message: Message): void => {
    let result: Packed;
    try {
      const target = functions.get(message.id);
      if (!target) throw new Error('The function is gone.');
      result = pack(target(...message.args.map(unpack)));
    } catch (error) {
      result = packError(error);
    }
    send({ op: 'reply', call: message.call, result });
  };

  world.addEventListener(inName, (event) => {
    const message = (event as CustomEvent<Message>).detail;
    if (message.op === 'call') answerCall(message);
    else if (message.op === 'reply') replies.set(message.call, message.result);
    else if (message.op === 'settle') {
      const promise = promises.get(message.id);
      promises.delete(message.id);
      if ('e' in message.result) promise?.reject(unpack(message.result));
      else promise?.resolve(unpack(message.result));
    } else listener(message);
  });

  return {
    send,
    pack,
    unpack,
    onMessage: (given) => {
      listener = given;
    },
  };
};
