// Electron's events: objects whose default can be prevented.

export interface StandinEvent {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

export function createEvent<T extends object>(details: T): T & StandinEvent {
  let isPrevented = false;
  return Object.defineProperties(details, {
    defaultPrevented: { get: () => isPrevented, enumerable: true },
    preventDefault: {
      value: () => {
        isPrevented = true;
      },
      enumerable: true,
    },
  }) as T & StandinEvent;
}
