// Keeps a log at a place while its rows get their sizes, which they have only once they are drawn; until the reader moves it.
import { tick } from 'svelte';

/** The start or the end of what is loaded, or a row: in px from the top of the view, in its middle or at its end. */
export type Place = 'start' | 'end' | { readonly key: string; readonly at: number | 'center' | 'end' };

export interface RowBox {
  /** In px from the start of the log; an estimate before the row was drawn. */
  readonly top: number;
  readonly height: number;
}

/**
 * WHY not virtua's scrollToIndex: it goes back to its place for a while, whoever scrolled meanwhile. This one lets go when the log is
 * anywhere else than it was put.
 */
export class HeldPlace {
  #place: Place | null = null;
  #putAt = 0;
  readonly #scroller: () => HTMLElement | undefined;
  readonly #boxOf: (key: string) => RowBox | undefined;

  constructor(scroller: () => HTMLElement | undefined, boxOf: (key: string) => RowBox | undefined) {
    this.#scroller = scroller;
    this.#boxOf = boxOf;
  }

  async hold(place: Place): Promise<void> {
    this.#place = place;
    await tick();
    this.take();
  }

  /** Scrolls as little as shows the whole row. */
  async holdInView(key: string): Promise<void> {
    const [scroller, box] = [this.#scroller(), this.#boxOf(key)];
    if (!scroller || !box) return;
    if (box.top < scroller.scrollTop) await this.hold({ key, at: 0 });
    else if (box.top + box.height > scroller.scrollTop + scroller.clientHeight) await this.hold({ key, at: 'end' });
  }

  /** Puts the log at its place again: sizes have changed. */
  take(): void {
    const scroller = this.#scroller();
    const top = scroller && this.#topOf(scroller);
    if (!scroller || top === undefined) return void (this.#place = null);
    scroller.scrollTop = top;
    this.#putAt = scroller.scrollTop;
  }

  /** The reader acts in the log, which may change sizes: what they look at stays. The end is followed on. */
  letGo(): void {
    if (this.#place !== 'end') this.#place = null;
  }

  /** Rows are about to be put in front of `key`, the first message: where that was the start, it stays where it stands. */
  leaveStart(key: string | undefined): void {
    if (this.#place !== 'start' || key === undefined) return;
    this.#place = { key, at: this.#boxOf(key)?.top ?? 0 };
  }

  /** The log may have been scrolled. `isAtEnd`: it stands at the very end. */
  look(isAtEnd: boolean): void {
    // A pixel of the screen may be less than one of the page.
    const hasMoved = Math.abs((this.#scroller()?.scrollTop ?? 0) - this.#putAt) >= 1;
    if (this.#place === null || hasMoved) this.#place = isAtEnd ? 'end' : null;
  }

  #topOf(scroller: HTMLElement): number | undefined {
    const place = this.#place;
    if (place === 'start') return 0;
    if (place === 'end') return scroller.scrollHeight;
    const box = place && this.#boxOf(place.key);
    if (!box) return undefined;
    const room = scroller.clientHeight - box.height;
    if (place.at === 'center') return box.top - room / 2;
    return box.top - (place.at === 'end' ? room : place.at);
  }
}
