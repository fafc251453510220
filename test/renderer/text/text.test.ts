// The window's words: both languages whole, every key used and known, plural forms, names that cannot turn a sentence.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import de from '../../../renderer/text/de.json' with { type: 'json' };
import en from '../../../renderer/text/en.json' with { type: 'json' };
import { current, setLanguage, t } from '../../../renderer/text/text.svelte.ts';

const folder = join(import.meta.dirname, '../../../renderer');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') || name.endsWith('.svelte'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

function parametersOf(entry: string | Record<string, string>): string[] {
  const text = typeof entry === 'string' ? entry : Object.values(entry).join(' ');
  return [...new Set([...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? ''))].sort();
}

afterEach(() => setLanguage('en', 'en-GB'));

describe('the languages', () => {
  it('have the same keys in the same order', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  it('have the same parameters and plural forms in each text', () => {
    const shape = (texts: Record<string, string | Record<string, string>>): object =>
      Object.fromEntries(
        Object.entries(texts).map(([key, entry]) => [key, [typeof entry === 'string' ? 'plain' : Object.keys(entry), parametersOf(entry)]]),
      );
    expect(shape(de)).toEqual(shape(en));
  });

  it('have no key that is never used', () => {
    const built = [...sources.matchAll(/`([a-zA-Z]+\.)\$\{[^}]*\}(\w*)`/gu)].map((match) => ({
      start: match[1] ?? '',
      end: match[2] ?? '',
    }));
    const unused = Object.keys(en).filter(
      (key) => !sources.includes(`'${key}'`) && !built.some(({ start, end }) => key.startsWith(start) && key.endsWith(end)),
    );
    expect(unused).toEqual([]);
  });

  it('know every key that is asked for', () => {
    const asked = [...sources.matchAll(/\bt\(\s*'([^']+)'/gu)].map((match) => match[1] ?? '');
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !(key in en))).toEqual([]);
  });
});

describe('t', () => {
  it('puts values in and chooses the plural form', () => {
    expect(t('time.minutesAgo', { count: 1 })).toBe('1 minute ago');
    expect(t('time.minutesAgo', { count: 12 })).toBe('12 minutes ago');
    expect(t('people.renameTitle', { name: 'Bob' })).toBe('Rename Bob');
  });

  it('writes numbers as the place does', () => {
    setLanguage('de', 'de-DE');
    expect(t('search.found', { count: 1234 })).toBe('1.234 Nachrichten gefunden');
  });

  it('keeps a right-to-left name and its steering characters inside', () => {
    const isolated = (text: string): string => String.fromCodePoint(0x2068) + text + String.fromCodePoint(0x2069);
    expect(t('people.renameTitle', { name: 'נועה' })).toBe(`Rename ${isolated('נועה')}`);
    expect(t('people.renameTitle', { name: '\u202Eevil' })).toBe(`Rename ${isolated('evil')}`);
  });

  it('does not read parameters in what it puts in', () => {
    expect(t('thread.announced', { name: '{text}', text: 'hello' })).toBe('{text}: hello');
  });
});

describe('setLanguage', () => {
  it.each([
    ['system', 'de-AT', 'de', 'de-AT'],
    ['system', 'fr-FR', 'en', 'en'],
    ['de', 'en-GB', 'de', 'de'],
    ['en', 'en-GB', 'en', 'en-GB'],
    ['xx', 'en-GB', 'en', 'en-GB'],
  ])('%s on a system in %s', (choice, systemLocale, language, locale) => {
    setLanguage(choice, systemLocale);
    expect({ ...current }).toEqual({ language, locale, isWithoutServer: false });
  });
});
