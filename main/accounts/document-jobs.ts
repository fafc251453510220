// What is done to documents that may be large: pure, so that it can be done beside (document-thread.ts).
import type { PolicyRule } from '../../app/domain/watcher.ts';
import type { PresenceDecision } from '../simple/document/presence-rules.ts';
import { readDecisions } from '../simple/document/presence-rules.ts';
import type { RulesAnswer, RulesQuestion } from '../simple/document/rules/evaluate-rules.ts';
import { evaluateRules } from '../simple/document/rules/evaluate-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { WatcherInfoResult } from '../simple/document/watcher-info.ts';
import { parseWatcherInfo } from '../simple/document/watcher-info.ts';
import type { AppliedList } from './list-edits.ts';
import { applyListChanges, namesInList } from './list-edits.ts';
import type { AppliedPolicy, PolicyContext } from './policy-edits.ts';
import { applyPolicyEdits } from './policy-edits.ts';
import { shownRules } from './shown-rules.ts';

/** Each job: what it is given, and what comes of it. */
export interface DocumentJobs {
  'watcher-info': { input: { body: Uint8Array }; output: WatcherInfoResult };
  'apply-policy': { input: { text: string | undefined; edits: readonly string[]; context: PolicyContext }; output: AppliedPolicy };
  decisions: { input: { text: string }; output: readonly PresenceDecision[] };
  'policy-rules': { input: { text: string }; output: readonly PolicyRule[] };
  /** undefined: the text is no rules document. */
  'policy-answer': { input: { text: string; question: RulesQuestion }; output: RulesAnswer | undefined };
  'apply-list': { input: { text: string | undefined; edits: readonly string[] }; output: AppliedList };
  /** As `namesInList`. */
  'list-names': { input: { text: string; ownAddress: string }; output: ReadonlyMap<string, string> | undefined };
}
export type DocumentJobName = keyof DocumentJobs;

type Job<Name extends DocumentJobName> = (input: DocumentJobs[Name]['input']) => DocumentJobs[Name]['output'];

export const DOCUMENT_JOBS: { readonly [Name in DocumentJobName]: Job<Name> } = {
  'watcher-info': ({ body }) => parseWatcherInfo(body),
  'apply-policy': ({ text, edits, context }) => applyPolicyEdits(text, edits, context),
  decisions: ({ text }) => readDecisions(text),
  'policy-rules': ({ text }) => shownRules(text),
  'policy-answer': ({ text, question }) => {
    const parsed = parsePresenceRules(text);
    return parsed.kind === 'ok' ? evaluateRules(parsed.document, question) : undefined;
  },
  'apply-list': ({ text, edits }) => applyListChanges(text, edits),
  'list-names': ({ text, ownAddress }) => namesInList(text, ownAddress),
};
