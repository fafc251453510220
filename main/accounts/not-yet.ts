// Calls of the contract that nothing answers yet: each fails with a sentence. A call that is built leaves this list.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';

const notYet = (): never => {
  throw new CallFailure({ kind: 'unavailable', reason: 'This is not possible yet.' });
};

export const notYetCalls = {
  decideRequests: notYet,
  decideScope: notYet,
  removeDecision: notYet,
  listDecisions: notYet,
  undoDecision: notYet,
  previewWatcher: notYet,
  listPolicyRules: notYet,
  listConflicts: notYet,
  resolveConflict: notYet,
  exportPolicy: notYet,
  importPolicy: notYet,
} satisfies Partial<CallHandlers>;
