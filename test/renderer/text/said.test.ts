// What the core says, in the person's language: every sentence it has is known, whole and in parts, and no other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { coreSentences, said } from '../../../renderer/text/said.ts';
import { setLanguage } from '../../../renderer/text/text.svelte.ts';

const root = join(import.meta.dirname, '../../..');
/** Where sentences for people are made that the window shows. */
const FOLDERS = ['main/accounts', 'main/store', 'main/shell', 'app', 'renderer/app-client.ts'];
/** Native dialogs of the system, which the window never shows. */
const NOT_SHOWN = ['main/shell/secrets.ts'];
const SENTENCE = /^["“{A-Z].* .*\.$/su;

function sourceFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    folder.endsWith('.ts') ? [folder] : readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${String(name)}`),
  ).filter((file) => file.endsWith('.ts') && !NOT_SHOWN.some((folder) => file.startsWith(folder)));
}

/** `{1}`, `{2}`… stand for what is put in. A sentence that another one is hung on ends before it. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const text = node.head.text + node.templateSpans.map((span, index) => `{${index + 1}}${span.literal.text}`).join('');
  return text.replace(/(?<=\.) \{\d\}$/u, '');
}

/** The sentences of one file; mistakes of the program (`new Error`) are for the log. */
function sentencesOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Error') return;
    const text = textOf(node);
    if (text !== undefined && SENTENCE.test(text)) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

const sentences = new Set(sourceFiles().flatMap(sentencesOf));
/** Words for who decided, in the log; no whole sentences. */
const DEVICES = ['Its time was over', 'Your answer for everybody', 'Your answer for everybody at {1}'];

afterEach(() => setLanguage('en', 'en'));

describe.each(Object.entries(coreSentences))('the sentences of the core in %s', (_language, table) => {
  it('are all there, and no others', () => {
    expect(sentences.size).toBeGreaterThan(150);
    const known = new Set(Object.keys(table));
    expect([...sentences].filter((sentence) => !known.has(sentence))).toEqual([]);
    expect([...known].filter((sentence) => !sentences.has(sentence) && !DEVICES.includes(sentence))).toEqual([]);
  });

  it('are other words, with the same places', () => {
    const places = (text: string): string[] => (text.match(/\{\d\}/gu) ?? []).sort();
    for (const [sentence, translation] of Object.entries(table)) {
      expect([sentence, places(translation)]).toEqual([sentence, places(sentence)]);
      expect(translation).not.toBe(sentence);
      expect(translation.trim()).not.toBe('');
    }
  });
});

describe('said', () => {
  const german = (sentence: string): string => {
    setLanguage('de', 'de');
    return said(sentence);
  };

  it('is the sentence itself in English, and where nobody knows it', () => {
    expect(said('The server ended it.')).toBe('The server ended it.');
    expect(german('Something that a newer core says.')).toBe('Something that a newer core says.');
    expect(german('')).toBe('');
    expect(german('constructor')).toBe('constructor');
  });

  it.each([
    ['The server ended it.', 'Der Server hat es beendet.'],
    ['This was declined (606).', 'Das wurde abgelehnt (606).'],
    ['Your answer for everybody at example.org', 'Ihre Antwort für alle bei example.org'],
    [
      'No address is given. An address looks like ada@example.org.',
      'Es ist keine Adresse angegeben. Eine Adresse sieht aus wie ada@example.org.',
    ],
    [
      'Imported 12 messages. 3 were here already. 2 lines are no messages.',
      '12 Nachrichten importiert. 3 waren schon hier. 2 Zeilen sind keine Nachrichten.',
    ],
    [
      'Line 7 of this file is JSON, but no message of a history. Choose a file that was exported as JSON Lines.',
      'Zeile 7 dieser Datei ist JSON, aber keine Nachricht eines Verlaufs. Wählen Sie eine Datei, die als JSON Lines exportiert wurde.',
    ],
    [
      'This server has your answer about sip:a@b.example and 2 more, but does not act on it: what you see here under “Watching you now” is what is true.',
      'Dieser Server hat Ihre Antwort zu sip:a@b.example und 2 weiteren, richtet sich aber nicht danach: Wahr ist, was hier unter „Sehen Sie gerade“ steht.',
    ],
  ])('%s', (sentence, expected) => {
    expect(german(sentence)).toBe(expected);
  });
});
