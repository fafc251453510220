// The notifying side of event notification (RFC 6665 §4.2, RFC 3856 §6): one Notifier per endpoint and event package.
import type { IncomingRequest, Reply } from '../../sip/index.ts';
import { parameterValue } from '../../sip/index.ts';
import { STOP_WAIT_MS } from '../retry.ts';
import { createAdmission } from './notifier/admission.ts';
import { NotifierFlow } from './notifier/notifier-flow.ts';
import { DEFAULT_LIMITS } from './notifier/notifier-options.ts';
import type { AccessDecision, Notifier, NotifierOptions } from './notifier/notifier-options.ts';
import { identityOf, readSubscribe } from './notifier/read-subscribe.ts';
import type { SubscribeTerms } from './notifier/read-subscribe.ts';

export type * from './notifier/notifier-options.ts';

/** What strangers are told who have to wait, in seconds. */
const RETRY_AFTER_SECONDS = 120;

export function createNotifier(options: NotifierOptions): Notifier {
  const { endpoint, clock, log, event } = options;
  const flows = new Set<NotifierFlow>();
  const byTag = new Map<string, NotifierFlow>();
  const admission = createAdmission(clock, { ...DEFAULT_LIMITS, ...options.limits });
  let isStopping = false;
  let onEmpty: (() => void) | undefined;

  const events = {
    told: (flow: NotifierFlow) => options.onWatcher?.(flow.describe()),
    closed: (flow: NotifierFlow) => {
      flow.forget();
      flows.delete(flow);
      byTag.delete(flow.localTag);
      if (flows.size === 0) onEmpty?.();
    },
  };

  function subscribe(request: IncomingRequest): Reply {
    const { message } = request;
    if (isStopping) return later();
    const toTag = parameterValue(message.to.parameters, 'tag');
    const known = toTag === undefined ? undefined : byTag.get(toTag);
    if (toTag !== undefined && known?.isFor(message) !== true) return { status: 481 };
    if (known === undefined && !options.isOurs(message.uri)) return { status: 404 };
    const terms = readSubscribe(message, options);
    if (terms.kind === 'refused') return terms.reply;
    const decision = options.authorize(known?.identity ?? identityOf(request));
    if (known !== undefined) return known.refresh(request, terms, decision === 'forbid' ? 'block' : decision);
    return decision === 'forbid' ? { status: 403 } : admit(request, terms, decision);
  }

  function admit(request: IncomingRequest, terms: SubscribeTerms, decision: AccessDecision): Reply {
    const identity = identityOf(request);
    // RFC 3857 §4.7.1: who asks anew needs no second question.
    for (const flow of [...flows]) if (flow.status === 'waiting' && flow.identity.uri === identity.uri) flow.input({ kind: 'asked-anew' });
    const refusal = admission.check(identity, decision === 'confirm', flows);
    if (refusal !== undefined) {
      log('info', `a SUBSCRIBE for ${event} from ${identity.source.address} has to wait: ${refusal}`);
      return later();
    }
    const flow = NotifierFlow.open(options, events, request, terms, decision);
    if (flow === undefined) return { status: 400, reason: 'No dialog' };
    flows.add(flow);
    byTag.set(flow.localTag, flow);
    flow.begin();
    return flow.accepted(terms.expiresSeconds);
  }

  const watchers = (): ReturnType<Notifier['watchers']> =>
    [...flows].map((flow) => flow.describe()).filter(({ status }) => status !== 'terminated');
  const stopReceiving = endpoint.onRequest('SUBSCRIBE', subscribe, event);

  return {
    stateChanged() {
      for (const flow of [...flows]) flow.input({ kind: 'changed' });
    },
    authorizationChanged() {
      for (const flow of [...flows]) {
        const decision = options.authorize(flow.identity);
        flow.input({ kind: 'decided', decision: decision === 'forbid' ? 'block' : decision });
      }
    },
    watchers,
    end(watcherId, ending) {
      for (const flow of [...flows]) if (flow.id === watcherId) flow.input({ kind: 'end', event: ending });
    },
    async stop(ending = 'deactivated') {
      isStopping = true;
      for (const flow of [...flows]) {
        if (flow.status === 'waiting') events.closed(flow);
        else flow.input({ kind: 'end', event: ending });
      }
      await emptied();
      for (const flow of flows) flow.forget();
      stopReceiving();
    },
  };

  /** Until everybody heard that it is over, or nobody waits any longer. */
  function emptied(): Promise<void> {
    if (flows.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.startTimer(STOP_WAIT_MS, resolve);
      onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

function later(): Reply {
  return { status: 503, headers: [{ name: 'Retry-After', value: String(RETRY_AFTER_SECONDS) }] };
}
