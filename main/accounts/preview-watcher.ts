// What one watcher gets of our presence, now or if it were decided so: the rules and their transformations, applied to what we publish.
// RFC 4745 §10, 5025 §3.3. Pure but for what it reads.
import type { ContactPresence } from '../../app/domain/presence.ts';
import type { DecisionKind, SeenParts } from '../../app/domain/watcher.ts';
import { filterPresenceAsKamailio } from '../simple/document/kamailio-presence-filter.ts';
import { printPidf } from '../simple/document/pidf.ts';
import { filterPresence } from '../simple/document/presence-filter.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';
import { NEW_RULES_DOCUMENT } from '../simple/document/presence-rules.ts';
import type { RulesAnswer } from '../simple/document/rules/evaluate-rules.ts';
import { EMPTY_TRANSFORMATIONS } from '../simple/document/rules/transformations.ts';
import type { AccountWorld } from './account-world.ts';
import { UNKNOWN_PRESENCE, mergePresence } from './merge-presence.ts';
import type { PolicyEdit } from './policy-edits.ts';
import { SUB_HANDLING } from './policy-edits.ts';
import { currentDocument, readOwnPresence, withoutServiceNotes } from './publish-presence.ts';

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
  /** What is published now; absent: nothing, so it is what would be. */
  readonly published?: PresenceDocument | undefined;
}

/** As the rules let it through; where the server is known to apply them otherwise, as that server does. */
export async function previewWatcher(world: AccountWorld, of: PreviewOf): Promise<Preview> {
  const { subHandling, transformations } = await answerFor(world, of);
  const nowMs = world.doors.clock.nowMs();
  if (subHandling === 'block' || subHandling === 'confirm') return { presence: UNKNOWN_PRESENCE, document: '' };
  const away = world.traits.awayDocument(world.address);
  const document = subHandling === 'allow' ? documentFor(world, of) : undefined;
  if (document === undefined && away !== undefined) return { presence: mergePresence(away, nowMs), document: printPidf(away) };
  // INTEROP(Kamailio): politely blocked is told by no document at all, as is somebody who publishes nothing.
  if (document === undefined) return { presence: mergePresence(undefined, nowMs), document: '' };
  const filter = world.serverKind() === 'first-match' ? filterPresenceAsKamailio : filterPresence;
  const shown: PresenceDocument = filter(document, transformations);
  return { presence: mergePresence(shown, nowMs), document: printPidf(shown) };
}

function documentFor(world: AccountWorld, { published, seen }: PreviewOf): PresenceDocument | undefined {
  const document = published ?? currentDocument(world);
  return seen?.notes === false && document !== undefined ? withoutServiceNotes(document) : document;
}

const NO_ANSWER: RulesAnswer = { subHandling: 'confirm', transformations: EMPTY_TRANSFORMATIONS, ruleIds: [] };

async function answerFor(world: AccountWorld, { address, decision, seen }: PreviewOf): Promise<RulesAnswer> {
  const nowMs = world.doors.clock.nowMs();
  const { sphere = '' } = readOwnPresence(world);
  const edits = decision === undefined ? [] : [JSON.stringify(previewEdit(address, decision, seen))];
  const base = world.policy.text ?? NEW_RULES_DOCUMENT;
  const context = { nowMs, sphere, isExact: true };
  const edited = await world.documents.run('apply-policy', { text: base, edits, context }, base.length);
  if (edited.kind === 'failure') return NO_ANSWER;
  const text = edited.text ?? base;
  const question = { watcher: address, atMs: nowMs, ...(sphere === '' ? {} : { sphere }) };
  return (await world.documents.run('policy-answer', { text, question }, text.length)) ?? NO_ANSWER;
}

function previewEdit(address: string, decision: DecisionKind, seen: SeenParts | undefined): PolicyEdit {
  if (decision === 'later') return { kind: 'withdraw', address };
  return { kind: 'decide', address, subHandling: SUB_HANDLING[decision], ...(seen === undefined ? {} : { seen }) };
}
