// What the core says, in the person's language: it sends whole English sentences, and each has its words in `core-sentences.<language>.json`.
import german from './core-sentences.de.json' with { type: 'json' };
import { current } from './text.svelte.ts';

/** By language; keys are the English sentences, `{1}` `{2}` … stand for what changes. */
export const coreSentences: Readonly<Record<string, Readonly<Record<string, string>>>> = { de: german };

interface Pattern {
  readonly expression: RegExp;
  readonly translation: string;
}

const PLACE = /\{(\d)\}/gu;
/** Where one sentence ends and the next begins: some are put together of several. */
const BETWEEN_SENTENCES = /(?<=[.?!]) (?=[“„\p{Lu}\d])/u;
const patterns = new Map<string, readonly Pattern[]>();

function patternsOf(language: string): readonly Pattern[] {
  const known = patterns.get(language);
  if (known !== undefined) return known;
  const made = Object.entries(coreSentences[language] ?? {})
    .filter(([sentence]) => sentence.search(PLACE) !== -1)
    .map(([sentence, translation]) => {
      const source = sentence
        .split(/\{\d\}/u)
        .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'))
        .join('((?:(?![.?!] ).)+?)');
      return { expression: new RegExp(`^${source}$`, 'su'), translation };
    })
    // WHY: the one that says more of the sentence itself fits better.
    .sort((one, other) => other.expression.source.length - one.expression.source.length);
  patterns.set(language, made);
  return made;
}

function whole(language: string, sentence: string): string | undefined {
  const table = coreSentences[language] ?? {};
  if (Object.hasOwn(table, sentence)) return table[sentence];
  for (const { expression, translation } of patternsOf(language)) {
    const found = expression.exec(sentence);
    if (found !== null) return translation.replace(PLACE, (_, index: string) => found[Number(index)] ?? '');
  }
  return undefined;
}

/** `sentence` as the core sent it; itself where it has no other words, e.g. in English. Follows a change of the language. */
export function said(sentence: string): string {
  const { language } = current;
  if (!Object.hasOwn(coreSentences, language)) return sentence;
  return whole(language, sentence) ?? inParts(language, sentence) ?? sentence;
}

/** As few parts as possible, from the front; undefined where one of them is not known. */
function inParts(language: string, sentence: string): string | undefined {
  const pieces = sentence.split(BETWEEN_SENTENCES);
  const translated: string[] = [];
  for (let from = 0; from < pieces.length;) {
    let to = from === 0 ? pieces.length - 1 : pieces.length;
    let found: string | undefined;
    for (; to > from && found === undefined; to -= 1) found = whole(language, pieces.slice(from, to).join(' '));
    if (found === undefined) return undefined;
    translated.push(found);
    from = to + 1;
  }
  return translated.join(' ');
}
