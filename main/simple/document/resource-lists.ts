// Contact lists on the server, application/resource-lists+xml (RFC 4826 §3): parse, and edits that leave everything else as it was.
import type { DocumentFailure } from './xml/element.ts';

export const RESOURCE_LISTS_CONTENT_TYPE = 'application/resource-lists+xml';

export interface ListEntry {
  /** As written in the document. */
  readonly uri: string;
  /** '' when not given. */
  readonly displayName: string;
}

export interface ResourceList {
  /** '' when not given. */
  readonly name: string;
  readonly displayName: string;
  readonly entries: readonly ListEntry[];
  readonly lists: readonly ResourceList[];
  /** `ref` of each `<entry-ref>`. */
  readonly entryRefs: readonly string[];
  /** `anchor` of each `<external>`. */
  readonly externals: readonly string[];
}

export interface ResourceLists {
  readonly lists: readonly ResourceList[];
}

export type ResourceListsResult = { readonly kind: 'ok'; readonly document: ResourceLists } | DocumentFailure;
export type ListEdit = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

export function parseResourceLists(source: string | Uint8Array): ResourceListsResult {
  return { kind: 'failure', reason: `not built yet (${source.length})`, offset: 0 };
}

/** All entries of all lists, nested ones included, each URI once. */
export function allEntries(document: ResourceLists): readonly ListEntry[] {
  return document.lists.flatMap((list) => list.entries);
}

/**
 * Adds or renames the entry for `entry.uri` (compared as SIP addresses): where it is already listed its display name is set,
 * else it is appended to our list (made if missing). undefined makes a new document.
 */
export function putEntry(documentText: string | undefined, entry: ListEntry): ListEdit {
  return { kind: 'failure', reason: `not built yet (${documentText?.length ?? 0} ${entry.uri})`, offset: 0 };
}

/** Removes every entry for `uri`, in all lists. */
export function removeEntry(documentText: string, uri: string): ListEdit {
  return { kind: 'failure', reason: `not built yet (${documentText.length} ${uri})`, offset: 0 };
}
