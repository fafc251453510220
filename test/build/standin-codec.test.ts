// What crosses between the page and the main process on the stand-in arrives as structured clone would bring it.
import { describe, expect, test } from 'vitest';
import { createCodec } from '../../build/standin/page/codec.ts';

const { encode, decode } = createCodec();
const cross = (value: unknown): unknown => decode(JSON.parse(JSON.stringify(encode(value))));

describe('codec', () => {
  test.each([
    [null],
    [undefined],
    [true],
    ['text \u2028 \ud83d\ude00'],
    [0],
    [-0],
    [1.5],
    [NaN],
    [-Infinity],
    [12n],
    [new Date(5)],
    [new Map<unknown, unknown>([['a', new Set([1])]])],
    [new Uint8Array([1, 2, 255])],
    [{ a: [1, { b: undefined }], t: 'date', v: 3 }],
    [[[], {}]],
  ])('%o arrives as it was', (value) => {
    expect(cross(value)).toStrictEqual(value);
  });
  test('an error keeps name and message', () => {
    expect(cross(new RangeError('far'))).toMatchObject({ name: 'RangeError', message: 'far' });
  });
  test.each([[(): void => {}], [Symbol('x')], [Promise.resolve()], [{ deep: [new WeakMap()] }]])('%o cannot be cloned', (value) => {
    expect(() => encode(value)).toThrow('An object could not be cloned.');
  });
});
