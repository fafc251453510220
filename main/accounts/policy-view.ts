// The rules as the server has them, read once for each version: what they say to a watcher now.
import { evaluateRules } from '../simple/document/rules/evaluate-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { RulesDocument, SubHandling } from '../simple/document/rules/rules-document.ts';
import { LARGE_DOCUMENT } from './document-thread.ts';

export interface PolicyView {
  /** `undefined`: the server has none. Before the first call nothing is known. */
  set(text: string | undefined): void;
  /** undefined: not known, or there is none. */
  readonly text: string | undefined;
  readonly isKnown: boolean;
  /** undefined: the rules are not known, cannot be read, or are too many to be read at once. */
  verdictOn(watcher: string): SubHandling | undefined;
}

export interface PolicySurroundings {
  readonly nowMs: () => number;
  readonly sphere: () => string;
}

export function createPolicyView(surroundings: PolicySurroundings): PolicyView {
  let text: string | undefined;
  let isKnown = false;
  let document: RulesDocument | undefined;
  let isRead = false;

  /** Read when it is first asked for: most versions never are. */
  function read(): RulesDocument | undefined {
    if (!isRead && text !== undefined && text.length < LARGE_DOCUMENT) {
      const parsed = parsePresenceRules(text);
      document = parsed.kind === 'ok' ? parsed.document : undefined;
    }
    isRead = true;
    return document;
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
      const sphere = surroundings.sphere();
      return evaluateRules(rules, { watcher, atMs: surroundings.nowMs(), ...(sphere === '' ? {} : { sphere }) }).subHandling;
    },
  };
}
