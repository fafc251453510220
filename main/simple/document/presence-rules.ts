// Presence rules, application/auth-policy+xml (RFC 4745, RFC 5025): what this folder offers of them.
import type { DocumentFailure } from './xml/element.ts';

export const PRESENCE_RULES_CONTENT_TYPE = 'application/auth-policy+xml';

/** RFC 5025 §3.2.1, in rising order of what it grants. */
export type SubHandling = 'block' | 'confirm' | 'polite-block' | 'allow';

/** One decision of the person about one watcher. `address`: canonical `sip:user@host`. Times in ms since 1970. */
export interface PresenceDecision {
  readonly address: string;
  readonly subHandling: SubHandling;
  /** Absent: at once. */
  readonly fromMs?: number;
  /** Absent: for good. */
  readonly untilMs?: number;
}

export type RulesEdit = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

/** The document with this decision in it, replacing an earlier one about the same address. undefined makes a new document. */
export function decide(documentText: string | undefined, decision: PresenceDecision, nowMs: number): RulesEdit {
  return { kind: 'failure', reason: `not built yet (${documentText?.length ?? 0} ${decision.address} ${nowMs})`, offset: 0 };
}

/** The document without our decision about `address` (anybody not mentioned is `confirm`). */
export function withdraw(documentText: string | undefined, address: string, nowMs: number): RulesEdit {
  return { kind: 'failure', reason: `not built yet (${documentText?.length ?? 0} ${address} ${nowMs})`, offset: 0 };
}

/** Our decision about `address` that holds at `atMs`; undefined when there is none (or the text is no rules document). */
export function readDecision(documentText: string, address: string, atMs: number): PresenceDecision | undefined {
  return documentText === '' && address === '' && atMs < 0 ? { address, subHandling: 'confirm' } : undefined;
}

/** All our decisions in the document, whether they hold now or not, in order. */
export function readDecisions(documentText: string): readonly PresenceDecision[] {
  return documentText === '' ? [] : [];
}
