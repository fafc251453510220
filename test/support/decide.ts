// One decision put into presence rules, or taken out: what another device of the same person does.
import { decideAll } from '../../main/simple/document/presence-rules.ts';
import type { PresenceDecision, RulesEdit, RulesOptions } from '../../main/simple/document/presence-rules.ts';

export function decide(text: string | undefined, decision: PresenceDecision, nowMs: number, options?: RulesOptions): RulesEdit {
  return decideAll(text, { decisions: [decision], withdrawn: [] }, nowMs, options);
}

export function withdraw(text: string | undefined, address: string, nowMs: number, options?: RulesOptions): RulesEdit {
  return decideAll(text, { decisions: [], withdrawn: [address] }, nowMs, options);
}
