// Trigger: an edit of a rules document changed one rule. Result: only that rule is stored, where the server proved to do so byte for byte;
// found by trying once, and remembered.
// RFC: 4825 §7.4, §7.11.
import { oneRuleChanged } from './one-rule-changed.ts';
import type { NodeSelector } from './node-selector.ts';
import type { XcapCondition, XcapDocument } from './xcap-document.ts';
import type { XcapGetResult, XcapPutResult } from './xcap-result.ts';

/** What a server made of the question for one element. */
export type NodesAnswer = 'yes' | 'no' | 'missing' | 'unknown';

/** What is known of a server: whether single elements can be stored on it. */
export interface NodeKnowledge {
  /** undefined: not tried yet. */
  readonly works: boolean | undefined;
  /** Told once. */
  learned(works: boolean): void;
}

export interface StoredEdit {
  readonly before: string;
  readonly after: string;
  readonly etag: string;
}

/** Of the client. */
interface Nodes {
  get(document: XcapDocument): Promise<XcapGetResult>;
  canNameNodes(document: XcapDocument, selector: NodeSelector): Promise<NodesAnswer>;
  putNode(document: XcapDocument, selector: NodeSelector, elementText: string, condition: XcapCondition): Promise<XcapPutResult>;
}

/** undefined: the document has to be stored as a whole. `changed`: it is not (any more) what it was; fetch it and edit anew. */
export async function storeOneRule(
  client: Nodes,
  document: XcapDocument,
  { before, after, etag }: StoredEdit,
  knowledge: NodeKnowledge,
): Promise<XcapPutResult | undefined> {
  if (knowledge.works === false) return undefined;
  const changed = oneRuleChanged(before, after);
  if (changed === undefined) return undefined;
  if (knowledge.works === undefined) {
    const can = await client.canNameNodes(document, changed.selector);
    // WHY also where it is missing: the rule is in the document under this very ETag.
    if (can === 'no' || can === 'missing') knowledge.learned(false);
    if (can !== 'yes') return undefined;
  }
  const result = await client.putNode(document, changed.selector, changed.text, { kind: 'etag', etag });
  if (result.kind === 'failed' && isAboutNodes(result)) {
    knowledge.learned(false);
    return undefined;
  }
  if (result.kind !== 'stored' || (knowledge.works === true && result.etag !== undefined)) return result;
  return verified(client, document, after, knowledge);
}

/** A server that wrote something else than it was given is not trusted with single elements again. */
async function verified(client: Nodes, document: XcapDocument, wanted: string, knowledge: NodeKnowledge): Promise<XcapPutResult> {
  const got = await client.get(document);
  if (got.kind === 'failed') return got;
  const isExact = got.kind === 'document' && got.text === wanted;
  knowledge.learned(isExact);
  return isExact ? { kind: 'stored', etag: got.etag } : { kind: 'changed' };
}

/** RFC 4825 §8.2.3 and RFC 9110 §15.5: it cannot do this, or not so; everything else would meet the whole document as well. */
function isAboutNodes({ failure }: Extract<XcapPutResult, { kind: 'failed' }>): boolean {
  if (failure.kind === 'refused-document') return true;
  return failure.kind === 'status' && [400, 404, 405, 415, 501].includes(failure.status);
}
