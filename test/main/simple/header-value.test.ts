// Plain header values: numbers, lists, parameters; any text is read without a throw.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSeconds, splitParameters } from '../../../main/simple/header-value.ts';

describe('seconds', () => {
  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    [' 3600 ', 3600],
    ['120 (busy);duration=60', 120],
    ['4294967296', 4_294_967_295],
    ['99999999999', undefined],
    ['-1', undefined],
    ['soon', undefined],
  ])('%s', (text, expected) => {
    expect(parseSeconds(text)).toBe(expected);
  });
});

describe('value with parameters', () => {
  it.each<[string, ReturnType<typeof splitParameters>]>([
    ['active', { value: 'active', parameters: [] }],
    [
      'Terminated;Reason=rejected ; retry-after = 5',
      {
        value: 'terminated',
        parameters: [
          { name: 'Reason', value: 'rejected' },
          { name: 'retry-after', value: '5' },
        ],
      },
    ],
    [
      'text/plain;charset="UT\\F;-8";x',
      {
        value: 'text/plain',
        parameters: [
          { name: 'charset', value: 'UTF;-8' },
          { name: 'x', value: undefined },
        ],
      },
    ],
    [';;=a', { value: '', parameters: [] }],
    ['a;b="open', { value: 'a', parameters: [{ name: 'b', value: '"open' }] }],
  ])('%s', (text, expected) => {
    expect(splitParameters(text)).toEqual(expected);
  });

  it('never throws', () => {
    const pieces = fc.array(fc.constantFrom(';', '"', '\\', '=', 'a', ' ')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), pieces), (text) => {
        const { value, parameters } = splitParameters(text);
        expect(value).toBe(value.toLowerCase().trim());
        expect(parameters.every((parameter) => parameter.name !== '')).toBe(true);
      }),
    );
  });
});
