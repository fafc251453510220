// What a screen reader hears without being asked: one polite sentence for each thing that happened, not for each render.
import type { Clock } from '../clock.ts';

/** Long enough for a reader to have taken the sentence in, after which it is removed and not found again by browsing. */
const KEEP_MS = 5_000;
const LIMIT = 5;

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

export class AnnouncerState {
  list = $state.raw<readonly Announcement[]>([]);
  #next = 1;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  say(text: string): void {
    const id = this.#next;
    this.#next += 1;
    this.list = [...this.list, { id, text }].slice(-LIMIT);
    this.#clock.after(KEEP_MS, () => {
      this.list = this.list.filter((announcement) => announcement.id !== id);
    });
  }
}
