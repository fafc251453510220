// The renderer's side of the bridge: calls and changes, each checked by its schema before anything here believes it.
import * as v from 'valibot';
import type { Failure } from '../app/bridge/failure.ts';
import type { PageBridge } from '../app/bridge/page.ts';
import { pageChangeSchema, pageContract, rawReplySchema } from '../app/bridge/shell-contract.ts';
import type { PageCallInput, PageCallName, PageCallOutput, PageChange } from '../app/bridge/shell-contract.ts';
import { said } from './text/said.ts';

export type Reply<N extends PageCallName> =
  { readonly kind: 'ok'; readonly output: PageCallOutput<N> } | { readonly kind: 'failure'; readonly failure: Failure };

export interface AppClient {
  /** Never rejects: what goes wrong is a failure with a sentence for a person. */
  call<N extends PageCallName>(name: N, input: PageCallInput<N>): Promise<Reply<N>>;
  /** Calls `listener` for each well-formed change; returns how to stop. */
  onChange(listener: (change: PageChange) => void): () => void;
}

function broken(detail: string): { kind: 'failure'; failure: Failure } {
  return { kind: 'failure', failure: inWords({ kind: 'internal', reason: 'Watchword could not do that.', detail }) };
}

/** In the person's language. */
function inWords(failure: Failure): Failure {
  return { ...failure, reason: said(failure.reason) };
}

function readReply<N extends PageCallName>(name: N, raw: unknown): Reply<N> {
  const reply = v.safeParse(rawReplySchema, raw);
  if (!reply.success) return broken(`${name}: the reply has no known shape`);
  if ('failure' in reply.output) return { kind: 'failure', failure: inWords(reply.output.failure) };
  const output = v.safeParse(pageContract[name].output, reply.output.output);
  if (!output.success) return broken(`${name}: ${output.issues[0].message}`);
  // The schema of this very call has just vouched for the type.
  return { kind: 'ok', output: output.output as PageCallOutput<N> };
}

/** `bridge`: what the preload exposes. SECURITY: replies and changes are validated here; malformed changes are dropped. */
export function createAppClient(bridge: PageBridge): AppClient {
  return {
    async call(name, input) {
      try {
        return readReply(name, await bridge.call(name, input));
      } catch (error) {
        return broken(`${name}: ${String(error)}`);
      }
    },
    onChange(listener) {
      return bridge.onChange((raw) => {
        const change = v.safeParse(pageChangeSchema, raw);
        if (change.success) listener(change.output);
      });
    },
  };
}
