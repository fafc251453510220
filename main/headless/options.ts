// The command line of the headless mode.

const USAGE = 'Say where to keep everything: npm run headless -- --profile DIR';

/** The folder after `--profile`; throws an Error whose message is a sentence. */
export function readProfileOption(words: readonly string[]): string {
  let folder: string | undefined;
  for (let position = 0; position < words.length; position++) {
    const word = words[position] ?? '';
    if (word === '--profile') folder = words[++position];
    else if (word.startsWith('--profile=')) folder = word.slice('--profile='.length);
    else throw new Error(`The option “${word}” is not known. ${USAGE}`);
  }
  if (folder === undefined || folder === '') throw new Error(USAGE);
  return folder;
}
