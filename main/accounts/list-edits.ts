// What waits in the store to be replayed on the server's contact list, and what another device did to that list: pure (RFC 4826 §3, 4825 §8).
import type { Contact } from '../../app/domain/contact.ts';
import { allEntries, parseResourceLists, putEntries, removeEntries } from '../simple/document/resource-lists.ts';
import { canonicalAddress } from './address-text.ts';
import { cleanName } from './clean-text.ts';

export type ListChange =
  { readonly kind: 'put'; readonly uri: string; readonly name: string } | { readonly kind: 'remove'; readonly uri: string };

export type AppliedList =
  { readonly kind: 'ok'; readonly text: string | undefined } | { readonly kind: 'failure'; readonly reason: string };

/** `text` undefined: there is no document. Of several changes of one contact the last counts. */
export function applyListChanges(text: string | undefined, edits: readonly string[]): AppliedList {
  const last = new Map(edits.map((edit) => JSON.parse(edit) as ListChange).map((change) => [change.uri, change]));
  const puts = [...last.values()].flatMap((change) => (change.kind === 'put' ? [{ uri: change.uri, displayName: change.name }] : []));
  const removed = [...last.values()].flatMap((change) => (change.kind === 'remove' ? [change.uri] : []));
  const without = text === undefined || removed.length === 0 ? ({ kind: 'ok', text } as const) : removeEntries(text, removed);
  const edited = without.kind === 'failure' || puts.length === 0 ? without : putEntries(without.text, puts);
  return edited.kind === 'ok' ? edited : { kind: 'failure', reason: `${edited.reason} (at ${edited.offset})` };
}

/** Names by canonical address, our own left out; undefined: no such document. Other entries (telephone numbers, lists) stay where they are, unseen. */
export function namesInList(text: string, ownAddress: string): ReadonlyMap<string, string> | undefined {
  const parsed = parseResourceLists(text);
  if (parsed.kind === 'failure') return undefined;
  return new Map(
    allEntries(parsed.document).flatMap((entry) => {
      const address = canonicalAddress(entry.uri);
      return address === undefined || address === ownAddress ? [] : [[address, cleanName(entry.displayName)] as const];
    }),
  );
}

/** More contacts than a list of people has; what a server's list holds beyond is left there. */
export const CONTACT_LIMIT = 10_000;

export interface ListDifference {
  readonly toAdd: readonly { readonly address: string; readonly name: string }[];
  readonly toRename: readonly { readonly contactId: string; readonly name: string }[];
  readonly toRemove: readonly string[];
  /** Here and not there: the server is to get them. */
  readonly toUpload: readonly Contact[];
}

/**
 * What another device did, found by comparing the server's list with how it was before (three ways): gone there and known there before
 * means removed there; gone there and never known there means new here.
 */
export function compareLists(
  local: readonly Contact[],
  server: ReadonlyMap<string, string>,
  previous: ReadonlyMap<string, string> | undefined,
): ListDifference {
  const here = new Map(local.map((contact) => [contact.address, contact]));
  const toAdd = [...server].filter(([address]) => !here.has(address)).map(([address, name]) => ({ address, name }));
  return {
    toAdd: toAdd.slice(0, Math.max(0, CONTACT_LIMIT - local.length)),
    toRename: [...server].flatMap(([address, name]) => {
      const contact = here.get(address);
      const isNewThere = previous !== undefined && previous.get(address) !== name;
      const isWanted = contact !== undefined && contact.name !== name && name !== '' && (isNewThere || contact.name === '');
      return isWanted ? [{ contactId: contact.contactId, name }] : [];
    }),
    toRemove: local.filter(({ address }) => !server.has(address) && previous?.has(address) === true).map(({ contactId }) => contactId),
    toUpload: local.filter(({ address }) => !server.has(address) && previous?.has(address) !== true),
  };
}
