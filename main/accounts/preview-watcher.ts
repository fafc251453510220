// What one watcher gets of our presence, now or if it were decided so: the rules and their transformations, applied to what we publish.
// RFC 4745 §10, 5025 §3.3. Pure but for what it reads.
import type { ContactPresence } from '../../app/domain/presence.ts';
import type { DecisionKind, SeenParts } from '../../app/domain/watcher.ts';
import { printPidf } from '../simple/document/pidf.ts';
import { filterPresence } from '../simple/document/presence-filter.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';
import { NEW_RULES_DOCUMENT, decide, withdraw } from '../simple/document/presence-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { RulesAnswer } from '../simple/document/rules/evaluate-rules.ts';
import { EMPTY_TRANSFORMATIONS } from '../simple/document/rules/transformations.ts';
import type { AccountWorld } from './account-world.ts';
import { UNKNOWN_PRESENCE, mergePresence } from './merge-presence.ts';
import { SUB_HANDLING } from './policy-edits.ts';
import { answerOf } from './policy-view.ts';
import { currentDocument, readOwnPresence } from './publish-presence.ts';

export interface Preview {
  readonly presence: ContactPresence;
  /** '' for none. */
  readonly document: string;
}

export interface PreviewOf {
  readonly address: string;
  /** Absent: as it is now. */
  readonly decision?: DecisionKind | undefined;
  readonly seen?: SeenParts | undefined;
}

export function previewWatcher(world: AccountWorld, of: PreviewOf): Preview {
  const { subHandling, transformations } = answerFor(world, of);
  const nowMs = world.doors.clock.nowMs();
  if (subHandling === 'block' || subHandling === 'confirm') return { presence: UNKNOWN_PRESENCE, document: '' };
  const document = subHandling === 'allow' ? currentDocument(world) : undefined;
  // INTEROP(Kamailio): politely blocked is told by no document at all, as is somebody who publishes nothing.
  if (document === undefined) return { presence: mergePresence(undefined, nowMs), document: '' };
  const shown: PresenceDocument = filterPresence(document, transformations);
  return { presence: mergePresence(shown, nowMs), document: printPidf(shown) };
}

function answerFor(world: AccountWorld, { address, decision, seen }: PreviewOf): RulesAnswer {
  const nowMs = world.doors.clock.nowMs();
  const { sphere = '' } = readOwnPresence(world);
  const options = { endMarginMs: 0, sphere, isExact: true };
  const base = world.policy.text ?? NEW_RULES_DOCUMENT;
  const edited =
    decision === undefined
      ? { kind: 'ok' as const, text: base }
      : decision === 'later'
        ? withdraw(base, address, nowMs, options)
        : decide(base, { address, subHandling: SUB_HANDLING[decision], ...(seen === undefined ? {} : { seen }) }, nowMs, options);
  const parsed = edited.kind === 'ok' ? parsePresenceRules(edited.text) : edited;
  if (parsed.kind === 'failure') return { subHandling: 'confirm', transformations: EMPTY_TRANSFORMATIONS, ruleIds: [] };
  return answerOf(parsed.document, address, { nowMs: () => nowMs, sphere: () => sphere });
}
