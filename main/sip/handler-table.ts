// Which handler answers which request, and what Allow and Allow-Events say of it (RFC 3261 §8.2.1, RFC 6665 §8.3.2).
import type { InviteReceiver, RequestHandler } from './endpoint.ts';
import { headerText } from './message/header/header.ts';
import type { SipRequest } from './message/message.ts';
import { KNOWN_METHODS } from './message/methods.ts';

/** Methods whose handlers are told apart by Event (RFC 6665, RFC 3903). */
const EVENT_METHODS: ReadonlySet<string> = new Set(['SUBSCRIBE', 'NOTIFY', 'PUBLISH']);
/** The endpoint answers these itself. */
const OWN_METHODS = ['OPTIONS', 'CANCEL'];

export type Lookup =
  | { readonly kind: 'handler'; readonly handler: RequestHandler }
  | { readonly kind: 'invites'; readonly receiver: InviteReceiver }
  /** 405, 489 or 501. */
  | { readonly kind: 'refused'; readonly status: number };

interface MethodHandlers {
  any: RequestHandler | undefined;
  readonly byEvent: Map<string, RequestHandler>;
}

export class HandlerTable {
  readonly #byMethod = new Map<string, MethodHandlers>();
  #invites: { readonly receiver: InviteReceiver; readonly optionTags: readonly string[] } | undefined;

  /** Returns how to take the handler away. A second one for the same thing throws. */
  add(method: string, handler: RequestHandler, event: string | undefined): () => void {
    const entry = this.#byMethod.get(method) ?? { any: undefined, byEvent: new Map<string, RequestHandler>() };
    const name = event?.toLowerCase();
    const existing = name === undefined ? entry.any : entry.byEvent.get(name);
    if (existing !== undefined) throw new Error(`there is a handler for ${method}${name === undefined ? '' : ` of ${name}`} already`);
    if (name === undefined) entry.any = handler;
    else entry.byEvent.set(name, handler);
    this.#byMethod.set(method, entry);
    return () => this.#remove(method, handler, name);
  }

  /** Returns how to take the receiver away. A second one throws. */
  openInvites(receiver: InviteReceiver, optionTags: readonly string[]): () => void {
    if (this.#invites !== undefined || this.#byMethod.has('INVITE')) throw new Error('INVITE is taken already');
    this.#invites = { receiver, optionTags };
    return () => {
      if (this.#invites?.receiver === receiver) this.#invites = undefined;
    };
  }

  /** Who takes INVITE and the ACK for a 2xx. */
  get invites(): InviteReceiver | undefined {
    return this.#invites?.receiver;
  }

  /** Option tags that come with those who take requests. */
  optionTags(): readonly string[] {
    return this.#invites?.optionTags ?? [];
  }

  find(request: SipRequest): Lookup {
    if (request.method === 'INVITE' && this.#invites !== undefined) return { kind: 'invites', receiver: this.#invites.receiver };
    const entry = this.#byMethod.get(request.method);
    if (entry === undefined) return { kind: 'refused', status: KNOWN_METHODS.has(request.method) ? 405 : 501 };
    const handler = (EVENT_METHODS.has(request.method) ? entry.byEvent.get(eventOf(request)) : undefined) ?? entry.any;
    return handler === undefined ? { kind: 'refused', status: 489 } : { kind: 'handler', handler };
  }

  has(method: string): boolean {
    return this.#byMethod.has(method);
  }

  /** For Allow, in a stable order. */
  methods(): string[] {
    const invites = this.#invites === undefined ? [] : ['INVITE', 'ACK'];
    return [...new Set([...OWN_METHODS, ...invites, ...this.#byMethod.keys()])].sort();
  }

  /** For Allow-Events: packages taken by this method, or by any. */
  events(method?: string): string[] {
    const names = new Set<string>();
    for (const [name, entry] of this.#byMethod) {
      if (method === undefined || name === method) for (const event of entry.byEvent.keys()) names.add(event);
    }
    return [...names].sort();
  }

  #remove(method: string, handler: RequestHandler, event: string | undefined): void {
    const entry = this.#byMethod.get(method);
    if (entry === undefined) return;
    if (event === undefined && entry.any === handler) entry.any = undefined;
    if (event !== undefined && entry.byEvent.get(event) === handler) entry.byEvent.delete(event);
    if (entry.any === undefined && entry.byEvent.size === 0) this.#byMethod.delete(method);
  }
}

/** The package's name in lower case, without parameters; '' where there is none. */
function eventOf(request: SipRequest): string {
  const text = headerText(request, 'Event') ?? '';
  const end = text.indexOf(';');
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
}
