// The windows that are open: a register between the app, which ends when they are gone, and the windows.

export interface OpenWindow {
  readonly id: number;
  readonly targetId: string;
  close(): void;
  isDestroyed(): boolean;
  setColorScheme(scheme: 'dark' | 'light'): void;
}

const open = new Set<OpenWindow>();

export const openWindows = {
  add: (window: OpenWindow): void => void open.add(window),
  remove: (window: OpenWindow): void => void open.delete(window),
  all: (): OpenWindow[] => [...open],
  get size(): number {
    return open.size;
  },
};
