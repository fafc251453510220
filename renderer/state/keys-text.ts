// Keys as the system writes them: Ctrl+K, or ⌘K on a Mac.

/** `keys` as written in the code, e.g. `Ctrl+Shift+D`. `platform`: as Node names it. */
export function shownKeys(keys: string, platform: string): string {
  if (platform !== 'darwin') return keys;
  return keys.replace('Ctrl+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥');
}
