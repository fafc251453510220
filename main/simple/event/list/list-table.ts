// What one list subscription knows of its resources: joins full and partial RLMI (RFC 4662 §5). Pure.
import { comparableUri } from '../../document/comparable-uri.ts';
import type { RlmiDocument, RlmiInstance, RlmiResource } from '../../document/rlmi.ts';

/** Lists in a list have versions of their own (RFC 4662 §5.1). Keys are comparable URIs. */
export interface ListTable {
  readonly versions: ReadonlyMap<string, number>;
  /** Everybody whom the list mentioned, by the list that did: whose absence from its full state is news. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A new subscription begins with this: its versions start anew. */
export const EMPTY_LIST_TABLE: ListTable = { versions: new Map(), members: new Map() };

export interface ResourceChange {
  /** As the server wrote it. */
  readonly uri: string;
  readonly name: string | undefined;
  /** undefined: the server said nothing of it yet. INTEROP(Kamailio): so it lists everybody in its first notification. */
  readonly instance: RlmiInstance | undefined;
}

export interface ListStep {
  /** `gap`: joined, but notifications are missing, so ask for full state. `stale`: older than what is known, nothing in it counts. */
  readonly kind: 'applied' | 'gap' | 'stale';
  readonly table: ListTable;
  readonly changes: readonly ResourceChange[];
  /** Members of this list that its full state no longer mentions; comparable URIs. */
  readonly gone: readonly string[];
}

/** Takes the RLMI of the list or of a list in it. `list` tells them apart: what the list above calls it; default: its own URI. */
export function stepListTable(table: ListTable, document: RlmiDocument, list = comparableUri(document.uri)): ListStep {
  const known = table.versions.get(list);
  // RFC 4662 §5.2: what is not newer is discarded. Full state of the same version is the answer to a refresh that changed nothing.
  const isStale = known !== undefined && (document.version < known || (document.version === known && !document.isFullState));
  if (isStale) return { kind: 'stale', table, changes: [], gone: [] };
  const before = table.members.get(list) ?? NOBODY;
  const mentioned = new Set(document.resources.map(({ uri }) => comparableUri(uri)));
  const next: ListTable = {
    versions: new Map(table.versions).set(list, document.version),
    members: new Map(table.members).set(list, document.isFullState ? mentioned : withAll(before, mentioned)),
  };
  const isExpected = document.isFullState || (known !== undefined && document.version === known + 1);
  const left = document.isFullState ? [...before].filter((uri) => !mentioned.has(uri)) : [];
  const changes = document.resources.flatMap(changesOf);
  return { kind: isExpected ? 'applied' : 'gap', table: withoutLists(next, left), changes, gone: [...left, ...membersOfLists(next, left)] };
}

/** WHY: a word about one of thousands copies nothing. */
function withAll(before: ReadonlySet<string>, mentioned: ReadonlySet<string>): ReadonlySet<string> {
  return mentioned.isSubsetOf(before) ? before : before.union(mentioned);
}

/** A list in the list goes with everybody on it. */
function membersOfLists(table: ListTable, lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => [...(table.members.get(list) ?? NOBODY)]);
}

function withoutLists(table: ListTable, lists: readonly string[]): ListTable {
  if (lists.every((list) => !table.members.has(list))) return table;
  const keep = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> => new Map([...map].filter(([list]) => !lists.includes(list)));
  return { versions: keep(table.versions), members: keep(table.members) };
}

const NOBODY: ReadonlySet<string> = new Set();

/** A resource may have several instances, one for each place that answered for it (RFC 4662 §5.5). */
function changesOf({ uri, name, instances }: RlmiResource): readonly ResourceChange[] {
  return instances.length === 0 ? [{ uri, name, instance: undefined }] : instances.map((instance) => ({ uri, name, instance }));
}

/** Everybody on the list and the lists in it. */
export function membersOf(table: ListTable): ReadonlySet<string> {
  return new Set([...table.members.values()].flatMap((members) => [...members]));
}
