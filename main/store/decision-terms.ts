// What a decision says beside its kind: when it ends, where it holds, what it shows, whom it leaves out; and how that is kept.
import type { SeenParts } from '../../app/domain/watcher.ts';

export interface DecisionTerms {
  /** When it ends; null: it does not. */
  readonly untilMs: number | null;
  /** '' for always. */
  readonly sphere: string;
  /** What is shown; null: everything. */
  readonly seen: SeenParts | null;
  /** Of a decision about many: who is not meant. */
  readonly except: readonly string[];
}

export const NO_TERMS: DecisionTerms = { untilMs: null, sphere: '', seen: null, except: [] };

export interface TermsRow {
  until_ms: number | null;
  sphere: string;
  seen: string | null;
  except_addresses: string;
}

export function readTerms(row: TermsRow): DecisionTerms {
  return {
    untilMs: row.until_ms,
    sphere: row.sphere,
    seen: row.seen === null ? null : (JSON.parse(row.seen) as SeenParts),
    except: JSON.parse(row.except_addresses) as string[],
  };
}

/** In the order `until_ms, sphere, seen, except_addresses`. */
export function termsValues(terms: DecisionTerms): [number | null, string, string | null, string] {
  return [terms.untilMs, terms.sphere, terms.seen === null ? null : JSON.stringify(terms.seen), JSON.stringify(terms.except)];
}
