// The rules as the server has them, read once for each version: what they say to a watcher now.
import { evaluateRules } from '../simple/document/rules/evaluate-rules.ts';
import type { RulesAnswer } from '../simple/document/rules/evaluate-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { RulesDocument, SubHandling } from '../simple/document/rules/rules-document.ts';
import { EMPTY_TRANSFORMATIONS } from '../simple/document/rules/transformations.ts';
import { LARGE_DOCUMENT } from './document-thread.ts';

export interface PolicyView {
  /** `undefined`: the server has none. Before the first call nothing is known. */
  set(text: string | undefined): void;
  /** undefined: not known, or there is none. */
  readonly text: string | undefined;
  readonly isKnown: boolean;
  /** undefined: the rules are not known, cannot be read, or are too many to be read at once. */
  verdictOn(watcher: string): SubHandling | undefined;
  /** What we ourselves answer, whatever the size of the rules: who is in none of them, or where there are none, is asked about (`confirm`). */
  answerFor(watcher: string): RulesAnswer;
}

export interface PolicySurroundings {
  readonly nowMs: () => number;
  readonly sphere: () => string;
}

const NOT_MENTIONED: RulesAnswer = { subHandling: 'confirm', transformations: EMPTY_TRANSFORMATIONS, ruleIds: [] };

export function createPolicyView(surroundings: PolicySurroundings): PolicyView {
  let text: string | undefined;
  let isKnown = false;
  let document: RulesDocument | undefined;
  let isRead = false;

  /** Read when it is first asked for: most versions never are. */
  function read(isLargeToo = false): RulesDocument | undefined {
    if ((!isRead || (isLargeToo && document === undefined)) && text !== undefined && (isLargeToo || text.length < LARGE_DOCUMENT)) {
      const parsed = parsePresenceRules(text);
      document = parsed.kind === 'ok' ? parsed.document : undefined;
    }
    isRead = true;
    return document;
  }

  function evaluate(rules: RulesDocument, watcher: string): RulesAnswer {
    const sphere = surroundings.sphere();
    return evaluateRules(rules, { watcher, atMs: surroundings.nowMs(), ...(sphere === '' ? {} : { sphere }) });
  }

  return {
    set(next) {
      if (isKnown && next === text) return;
      [text, isKnown, document, isRead] = [next, true, undefined, false];
    },
    get text() {
      return text;
    },
    get isKnown() {
      return isKnown;
    },
    verdictOn(watcher) {
      if (!isKnown) return undefined;
      if (text === undefined) return 'confirm';
      const rules = read();
      if (rules === undefined) return undefined;
      return evaluate(rules, watcher).subHandling;
    },
    answerFor(watcher) {
      const rules = read(true);
      const answer = rules === undefined ? NOT_MENTIONED : evaluate(rules, watcher);
      return answer.ruleIds.length === 0 ? NOT_MENTIONED : answer;
    },
  };
}
