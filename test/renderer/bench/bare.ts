// The bare page of the window benchmark: shows a list without an app around it, as large as the app's own.
import { flushSync, mount, unmount } from 'svelte';
import BareContacts from './BareContacts.svelte';
import BareThread from './BareThread.svelte';

export interface BarePlace {
  readonly width: number;
  readonly height: number;
}

let shown: Record<string, unknown> | undefined;
const place = document.createElement('div');
document.body.append(place);
document.body.style.cssText = 'margin: 0; font: 14px/20px system-ui, sans-serif';

const bare = {
  /** Loads the texts of the thread or the names of the people, so that showing them does not wait for them. */
  lines: {} as Record<'thread' | 'people', readonly string[]>,
  async load(): Promise<void> {
    this.lines.thread = (await (await fetch('/thread.json')).json()) as string[];
    this.lines.people = (await (await fetch('/people.json')).json()) as string[];
  },
  clear(): void {
    if (shown !== undefined) void unmount(shown);
    shown = undefined;
    place.replaceChildren();
  },
  showInput(): void {
    this.clear();
    place.append(document.createElement('input'));
    place.querySelector('input')?.focus();
  },
  show(which: 'thread' | 'people', { width, height }: BarePlace): void {
    this.clear();
    place.style.cssText = `position: absolute; inset: 0 auto auto 0; width: ${width}px; height: ${height}px`;
    shown =
      which === 'thread'
        ? mount(BareThread, { target: place, props: { texts: this.lines.thread } })
        : mount(BareContacts, { target: place, props: { names: this.lines.people } });
    flushSync();
  },
  toEnd(): void {
    const scroller = place.querySelector('[data-scroller]');
    if (scroller !== null) scroller.scrollTop = scroller.scrollHeight;
  },
};
Object.assign(window, { bare });
