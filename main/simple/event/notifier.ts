// The notifying side of event notification (RFC 6665 §4.2, RFC 3856 §6): one Notifier per endpoint and event package.
import type { IncomingRequest, Reply } from '../../sip/index.ts';
import { parameterValue } from '../../sip/index.ts';
import { STOP_WAIT_MS } from '../retry.ts';
import type { WatcherEvent } from '../document/watcher-info.ts';
import { createAdmission } from './notifier/admission.ts';
import type { Admission } from './notifier/admission.ts';
import { NotifierFlow } from './notifier/notifier-flow.ts';
import type { NotifierFlowEvents } from './notifier/notifier-flow.ts';
import { DEFAULT_LIMITS } from './notifier/notifier-options.ts';
import type { AccessDecision, Notifier, NotifierOptions, NotifierWatcher } from './notifier/notifier-options.ts';
import { identityOf, readSubscribe } from './notifier/read-subscribe.ts';
import type { SubscribeTerms } from './notifier/read-subscribe.ts';

export type * from './notifier/notifier-options.ts';

/** What strangers are told who have to wait, in seconds. */
const RETRY_AFTER_SECONDS = 120;
/** Watchers told at once, and the pause after them: a thousand within a tenth of a second. */
const FLOWS_AT_ONCE = 50;
const BETWEEN_MS = 5;

export function createNotifier(options: NotifierOptions): Notifier {
  return new NotifierOfPackage(options);
}

class NotifierOfPackage implements Notifier {
  private readonly options: NotifierOptions;
  private readonly admission: Admission;
  private readonly flows = new Set<NotifierFlow>();
  private readonly byTag = new Map<string, NotifierFlow>();
  private readonly events: NotifierFlowEvents;
  private readonly stopReceiving: () => void;
  private isStopping = false;
  private onEmpty: (() => void) | undefined;

  constructor(options: NotifierOptions) {
    this.options = options;
    this.admission = createAdmission(options.clock, { ...DEFAULT_LIMITS, ...options.limits });
    this.events = { told: (flow) => options.onWatcher?.(flow.describe()), closed: (flow) => this.closed(flow) };
    this.stopReceiving = options.endpoint.onRequest('SUBSCRIBE', (request) => this.subscribe(request), options.event);
  }

  stateChanged(): void {
    this.forEveryFlow((flow) => flow.input({ kind: 'changed' }));
  }

  authorizationChanged(): void {
    this.forEveryFlow((flow) => {
      const decision = this.options.authorize(flow.identity);
      flow.input({ kind: 'decided', decision: decision === 'forbid' ? 'block' : decision });
    });
  }

  watchers(): readonly NotifierWatcher[] {
    return [...this.flows].filter(({ status }) => status !== 'terminated').map((flow) => flow.describe());
  }

  end(watcherId: string, event: WatcherEvent): void {
    for (const flow of [...this.flows]) if (flow.id === watcherId) flow.input({ kind: 'end', event });
  }

  async stop(event: WatcherEvent = 'deactivated'): Promise<void> {
    this.isStopping = true;
    for (const flow of [...this.flows]) {
      if (flow.status === 'waiting') this.closed(flow);
      else flow.input({ kind: 'end', event });
    }
    await this.emptied();
    // Who never heard that it is over is asked and told nothing any more either.
    for (const flow of [...this.flows]) this.closed(flow);
    this.stopReceiving();
  }

  /** Some at once, then the next: a thousand NOTIFYs in one moment would hold everything else up, and drown the network. */
  private forEveryFlow(act: (flow: NotifierFlow) => void): void {
    const waiting = [...this.flows];
    const next = (): void => {
      for (const flow of waiting.splice(0, FLOWS_AT_ONCE)) if (this.flows.has(flow)) act(flow);
      if (waiting.length > 0) this.options.clock.startTimer(BETWEEN_MS, next);
    };
    next();
  }

  private closed(flow: NotifierFlow): void {
    flow.forget();
    this.flows.delete(flow);
    this.byTag.delete(flow.localTag);
    if (this.flows.size === 0) this.onEmpty?.();
  }

  private subscribe(request: IncomingRequest): Reply {
    const { message } = request;
    const { options } = this;
    if (this.isStopping) return later();
    const toTag = parameterValue(message.to.parameters, 'tag');
    const known = toTag === undefined ? undefined : this.byTag.get(toTag);
    if (toTag !== undefined && known?.isFor(message) !== true) return { status: 481 };
    if (known === undefined && !options.isOurs(message.uri)) return { status: 404 };
    const terms = readSubscribe(message, options);
    if (terms.kind === 'refused') return terms.reply;
    const decision = options.authorize(known?.identity ?? identityOf(request));
    if (known !== undefined) return known.refresh(request, terms, decision === 'forbid' ? 'block' : decision);
    return decision === 'forbid' ? { status: 403 } : this.admit(request, terms, decision);
  }

  private admit(request: IncomingRequest, terms: SubscribeTerms, decision: AccessDecision): Reply {
    const { options, events } = this;
    const identity = identityOf(request);
    const refusal = this.admission.check(identity, decision === 'confirm', this.flows);
    if (refusal !== undefined) {
      options.log('info', `a SUBSCRIBE for ${options.event} from ${identity.source.address} has to wait: ${refusal}`);
      return later();
    }
    const flow = NotifierFlow.open({ options, events, request, terms, decision });
    if (flow === undefined) return { status: 400, reason: 'No dialog' };
    // RFC 3857 §4.7.1: who asks anew needs no second question.
    for (const other of [...this.flows]) if (other.identity.uri === identity.uri) other.input({ kind: 'asked-anew' });
    this.flows.add(flow);
    this.byTag.set(flow.localTag, flow);
    flow.begin();
    return flow.accepted(terms.expiresSeconds);
  }

  /** Until everybody heard that it is over, or nobody waits any longer. */
  private emptied(): Promise<void> {
    if (this.flows.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.options.clock.startTimer(STOP_WAIT_MS, resolve);
      this.onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

function later(): Reply {
  return { status: 503, headers: [{ name: 'Retry-After', value: String(RETRY_AFTER_SECONDS) }] };
}
