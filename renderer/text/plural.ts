// The plural form of a number in a language, e.g. `one` or `other` (Unicode CLDR, through Intl).

const rulesByLanguage = new Map<string, Intl.PluralRules>();

export function pluralForm(language: string, count: number): string {
  let rules = rulesByLanguage.get(language);
  if (rules === undefined) {
    rules = new Intl.PluralRules(language);
    rulesByLanguage.set(language, rules);
  }
  return rules.select(count);
}
