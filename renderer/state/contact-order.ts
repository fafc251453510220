// People in the order of their names, each with the words it is found by. Kept beside the contacts, so that neither sorting nor finding reads ten thousand of them.
import type { Contact } from '../../app/domain/contact.ts';
import { folded } from './folded.ts';
import { personName, shownAddress } from './naming.ts';

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

export interface NamedContact {
  readonly contactId: string;
  readonly name: string;
  /** Name and address, folded. */
  readonly words: string;
}

export function toNamed(contact: Contact): NamedContact {
  const name = personName(contact.address, contact.name);
  return { contactId: contact.contactId, name, words: folded(`${name} ${shownAddress(contact.address)}`) };
}

function byName(a: NamedContact, b: NamedContact): number {
  return collator.compare(a.name, b.name) || (a.contactId < b.contactId ? -1 : Number(a.contactId > b.contactId));
}

/** The first place in `list` whose contact does not come before `one`. */
function placeOf(list: readonly NamedContact[], one: NamedContact): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = list[middle];
    if (other !== undefined && byName(other, one) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * `list`, in order, with each of `changed` at its place and without what it was before; no id twice in either. WHY: comparing names as people
 * sort them is slow, so only the changed ones are compared; the list is gone through once.
 */
export function mergeNamed(list: readonly NamedContact[], changed: readonly NamedContact[]): NamedContact[] {
  const gone = new Set(changed.map((one) => one.contactId));
  const kept = list.filter((one) => !gone.has(one.contactId));
  const added = changed.toSorted(byName);
  if (added.length > kept.length / 2) return [...kept, ...added].sort(byName);
  let done = 0;
  const parts = added.flatMap((one) => {
    const place = placeOf(kept, one);
    const between = kept.slice(done, place);
    done = place;
    return [...between, one];
  });
  return [...parts, ...kept.slice(done)];
}
