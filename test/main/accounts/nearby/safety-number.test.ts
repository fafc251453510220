// The safety number: the same on both sides, six groups of five digits, another one for other keys.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safetyNumber } from '../../../../main/accounts/nearby/safety-number.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const RUNS = { numRuns: 40 };

test('it does not matter who is who, and it has six groups of five digits', () => {
  fc.assert(
    fc.property(key, key, (first, second) => {
      const number = safetyNumber(first, second);
      expect(number).toMatch(/^\d{5}( \d{5}){5}$/);
      expect(safetyNumber(second, first)).toBe(number);
    }),
    RUNS,
  );
});

test('another key gives another number', () => {
  fc.assert(
    fc.property(key, key, key, (first, second, other) => {
      fc.pre(second !== other);
      expect(safetyNumber(first, other)).not.toBe(safetyNumber(first, second));
    }),
    RUNS,
  );
});

test('it stays what people compared with former versions', () => {
  expect(safetyNumber('first', 'second')).toBe('93042 20720 43893 08898 25422 28541');
});
