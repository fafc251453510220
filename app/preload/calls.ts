// Calls from the page: only names of the contract, only inputs and replies that fit their schemas.
import * as v from 'valibot';
import { callChannel } from '../bridge/channel.ts';
import type { Failure } from '../bridge/failure.ts';
import { invalidInput } from '../bridge/invalid-input.ts';
import { pageContract, rawReplySchema, type PageCallName } from '../bridge/shell-contract.ts';

type Reply = { readonly output: unknown } | { readonly failure: Failure };
type Schema = v.GenericSchema<unknown, unknown>;

const fail = (kind: Failure['kind'], reason: string, detail: string): Reply => ({ failure: { kind, reason, detail } });

interface Checked {
  readonly channel: string;
  readonly input: Schema;
  readonly output: Schema;
}

/** A Map, so that a name like `constructor` finds nothing. */
const byName = new Map<unknown, Checked>(
  Object.entries(pageContract).map(([name, { input, output }]) => [name, { channel: callChannel(name as PageCallName), input, output }]),
);

function readReply(raw: unknown, output: Schema): Reply {
  const reply = v.safeParse(rawReplySchema, raw);
  if (!reply.success) return fail('internal', 'Watchword answered in an unknown way.', v.summarize(reply.issues));
  if ('failure' in reply.output) return reply.output;
  const checked = v.safeParse(output, reply.output.output);
  return checked.success
    ? { output: checked.output }
    : fail('internal', 'Watchword answered in an unknown way.', v.summarize(checked.issues));
}

/** `invoke` carries an input over a channel. The calls it makes never reject: what goes wrong is a failure. */
export function createCalls(invoke: (channel: string, input: unknown) => Promise<unknown>): {
  call(name: unknown, input: unknown): Promise<Reply>;
} {
  return {
    async call(name, input) {
      const known = byName.get(name);
      if (!known) return fail('unknown-call', 'Watchword knows no such call.', String(name).slice(0, 100));
      const checked = v.safeParse(known.input, input);
      if (!checked.success) return { failure: invalidInput(checked.issues) };
      try {
        return readReply(await invoke(known.channel, checked.output), known.output);
      } catch (error) {
        return fail('internal', 'Watchword could not do that.', String(error));
      }
    },
  };
}
