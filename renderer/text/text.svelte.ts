// The words of the window: t() by typed key, plural forms by Intl.PluralRules, the language switchable while open.
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import { pluralForm } from './plural.ts';

export type TextKey = keyof typeof en;
export type Parameters = Readonly<Record<string, string | number>>;
type Entry = string | Readonly<Record<string, string>>;

export const texts: Readonly<Record<string, Readonly<Record<string, Entry>>>> = { en, de };
export const languages: readonly string[] = Object.keys(texts);
const FALLBACK = 'en';

/** Reading `current` in a component or a derived value makes it follow a change: of the language, or of having an account at a server. */
export const current = $state({ language: FALLBACK, locale: FALLBACK, isWithoutServer: false });

/** Chooses the language: `system` follows `systemLocale`, e.g. `de-AT`. Unknown languages become English. */
export function setLanguage(choice: string, systemLocale: string): void {
  const wanted = choice === 'system' ? systemLocale : choice;
  const language = wanted.split('-')[0] ?? FALLBACK;
  current.language = language in texts ? language : FALLBACK;
  current.locale = systemLocale.startsWith(current.language) ? systemLocale : current.language;
}

// Hebrew, Arabic and their neighbours, and every character that steers direction.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]|[\ud802\ud803\ud83a\ud83b]/u;

// Made from code points, so that no invisible character stands in a file.
const FIRST_STRONG_ISOLATE = String.fromCodePoint(0x2068);
const POP_ISOLATE = String.fromCodePoint(0x2069);

/** SECURITY: a name in the middle of a sentence must not turn the words around it; FSI and PDI (Unicode UAX 9) keep it in. */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? FIRST_STRONG_ISOLATE + value.replace(/[\u202a-\u202e\u2066-\u2069]/gu, '') + POP_ISOLATE : value;
}

/** What is said instead of `key` where no account has a server, if that differs. */
function entryOf(language: string, key: TextKey): Entry {
  const variant = current.isWithoutServer ? texts[language]?.[`withoutServer.${key}`] : undefined;
  return variant ?? texts[language]?.[key] ?? en[key];
}

/** The text for `key`, with `{name}` replaced from `parameters`; entries with plural forms choose by `parameters.count`. */
export function t(key: TextKey, parameters: Parameters = {}): string {
  const language = current.language;
  const entry = entryOf(language, key);
  const pattern =
    typeof entry === 'string' ? entry : (entry[pluralForm(language, Number(parameters['count'] ?? 0))] ?? entry['other'] ?? key);
  if (!pattern.includes('{')) return pattern;
  return pattern.replace(/\{(\w+)\}/gu, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(current.locale) : isolated(value);
  });
}
