// Values as JSON, as near to structured clone as IPC needs. Runs on both ends of the wire, so the function is self-contained: it is shipped as text.

/** Plain JSON, or an object tagged with `t`. */
export type Wire = unknown;

export interface Codec {
  /** Throws like Electron on what cannot be cloned (functions, symbols, promises). */
  encode(value: unknown): Wire;
  decode(wire: Wire): unknown;
}

export function createCodec(): Codec {
  interface Tagged {
    readonly t: string;
    readonly k?: string;
    readonly v?: unknown;
  }
  const toText = (bytes: Uint8Array): string => {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const toBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const refuse = (): never => {
    throw new Error('An object could not be cloned.');
  };

  const encodeObject = (value: object): Wire => {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (value instanceof Date) return { t: 'date', v: value.getTime() };
    if (value instanceof Map) return { t: 'map', v: [...value].map(([key, entry]) => [encode(key), encode(entry)]) };
    if (value instanceof Set) return { t: 'set', v: [...value].map(encode) };
    if (value instanceof Error) return { t: 'error', v: [value.name, value.message] };
    if (value instanceof ArrayBuffer) return { t: 'buffer', v: toText(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value))
      return { t: 'view', k: kind, v: toText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
    if (Array.isArray(value)) return value.map(encode);
    if (kind === 'Promise' || kind === 'WeakMap' || kind === 'WeakSet' || kind === 'Window') return refuse();
    return { t: 'object', v: Object.entries(value).map(([key, entry]) => [key, encode(entry)]) };
  };

  const encode = (value: unknown): Wire => {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : { t: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
      case 'undefined':
        return { t: 'undefined' };
      case 'bigint':
        return { t: 'bigint', v: String(value) };
      case 'object':
        return value === null ? null : encodeObject(value);
      default:
        return refuse();
    }
  };

  const decodeTagged = (tagged: Tagged): unknown => {
    const entries = (): [unknown, unknown][] => (tagged.v as [Wire, Wire][]).map(([key, entry]) => [decode(key), decode(entry)]);
    switch (tagged.t) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(tagged.v);
      case 'bigint':
        return BigInt(tagged.v as string);
      case 'date':
        return new Date(tagged.v as number);
      case 'map':
        return new Map(entries());
      case 'set':
        return new Set((tagged.v as Wire[]).map(decode));
      case 'error': {
        const [name, message] = tagged.v as [string, string];
        return Object.assign(new Error(message), { name });
      }
      case 'buffer':
        return toBytes(tagged.v as string).buffer;
      case 'view': {
        const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[tagged.k ?? ''] ?? Uint8Array;
        return new View(toBytes(tagged.v as string).buffer);
      }
      default:
        return Object.fromEntries((tagged.v as [string, Wire][]).map(([key, entry]) => [key, decode(entry)]));
    }
  };

  const decode = (wire: Wire): unknown => {
    if (wire === null || typeof wire !== 'object') return wire;
    return Array.isArray(wire) ? wire.map(decode) : decodeTagged(wire as Tagged);
  };

  return { encode, decode };
}
