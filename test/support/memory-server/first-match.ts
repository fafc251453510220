// What a stock Kamailio makes of presence rules: our rules must say the same to it and to a server that follows RFC 4745.
import type { RulesQuestion } from '../../../main/simple/document/rules/evaluate-rules.ts';
import type { RulesDocument, SubHandling } from '../../../main/simple/document/rules/rules-document.ts';

/**
 * INTEROP(Kamailio 5.6): takes the first rule that matches and no other; rules without identity never match, ids are compared
 * byte for byte. undefined: no rule matches, which leaves a new watcher pending.
 */
export function evaluateFirstMatch(document: RulesDocument, question: RulesQuestion): SubHandling | undefined {
  const first = document.rules.find(({ conditions }) => {
    if (conditions.periods?.some(({ fromMs, untilMs }) => fromMs <= question.atMs && question.atMs < untilMs) === false) return false;
    const { spheres } = conditions;
    if (spheres !== undefined && question.sphere !== undefined && !spheres.includes(question.sphere)) return false;
    return (
      conditions.identities?.some((identity) =>
        identity.kind === 'one' ? identity.id === question.watcher : identity.domain === undefined,
      ) ?? false
    );
  });
  // A rule that matches without a sub-handling leaves the watcher pending.
  return first === undefined ? undefined : (first.subHandling ?? 'confirm');
}
