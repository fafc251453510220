// What the app asked of the desktop, in order: a stand-in has no desktop, it takes notes that tests read.

export interface Note {
  readonly what: string;
  readonly details: unknown;
}

/** Oldest notes go first, so that a window open for weeks does not fill the memory. */
const NOTE_LIMIT = 1_000;
export const notes: Note[] = [];

export function note(what: string, details: unknown = null): void {
  notes.push({ what, details });
  if (notes.length > NOTE_LIMIT) notes.shift();
}
