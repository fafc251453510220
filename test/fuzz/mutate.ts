// Damages bytes as networks, broken programs and attackers do: flipped, cut, repeated, spliced, stuffed with what parsers stumble over.
import type { Dice } from './dice.ts';

/** Large enough for any bound of the parsers but the body's to be passed, small enough for a million inputs. */
export const LONGEST_INPUT_BYTES = 65_536;

/** What means something in one of the grammars, or is at the edge of one. */
const TOKENS: readonly Uint8Array[] = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\r\n ',
    ' ',
    '\t',
    '\0',
    '"',
    '\\',
    '\\"',
    '<',
    '>',
    '<>',
    ';',
    ',',
    ':',
    '=',
    '@',
    '?',
    '&',
    '%',
    '%00',
  ],
  ...['%ff', '[', ']', '[::', '*', '--', '-1', '0', '999999999999999999999', '4294967296', '1e9', 'SIP/2.0', 'sip:', 'sips:', 'tel:'],
  ...['Via: ', 'v: ', 'Content-Length: 99999999', 'l: 0', ';branch=', ';tag=', ';lr', 'Contact: *', 'CSeq: 1 A', 'Digest ', '</a>', '<a>'],
  ...[
    '<!DOCTYPE a [',
    '<![CDATA[',
    '&amp;',
    '&#x0;',
    '<?xml?>',
    'xmlns="',
    '<!--',
    '-->',
    '--boundary',
    '--boundary--',
    '\u{1f600}',
    '\ufeff',
  ],
].map((text) => Buffer.from(text));

const SINGLE_BYTES = [0, 0x0a, 0x0d, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xf5, 0xff];

function replaced(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

/** Two places in order, not far from each other most of the time. */
function range(bytes: Uint8Array, dice: Dice): [number, number] {
  const start = dice.below(bytes.length + 1);
  const reach = dice.below(8) === 0 ? bytes.length : 40;
  return [start, Math.min(bytes.length, start + dice.below(reach + 1))];
}

/** One slice many times: what makes careless parsers quadratic. */
function pumped(bytes: Uint8Array, dice: Dice): Uint8Array {
  const [start, end] = range(bytes, dice);
  const slice = dice.below(2) === 0 ? dice.pick(TOKENS) : bytes.subarray(start, end);
  const times = 1 << dice.below(dice.below(16) === 0 ? 14 : 6);
  const longest = Math.max(0, LONGEST_INPUT_BYTES - bytes.length);
  const whole = Buffer.concat(Array.from({ length: Math.min(times, 1 + Math.floor(longest / Math.max(1, slice.length))) }, () => slice));
  return replaced(bytes, start, start, whole);
}

type Mutation = (bytes: Uint8Array, dice: Dice, others: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  (bytes, dice) => {
    const copy = Uint8Array.from(bytes);
    for (let left = 1 + dice.below(4); left > 0 && copy.length > 0; left -= 1) copy[dice.below(copy.length)] = dice.pick(SINGLE_BYTES);
    return copy;
  },
  (bytes, dice) => {
    const copy = Uint8Array.from(bytes);
    const at = dice.below(Math.max(1, copy.length));
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
    return copy;
  },
  (bytes, dice) => replaced(bytes, ...range(bytes, dice), new Uint8Array(0)),
  (bytes, dice) => replaced(bytes, ...range(bytes, dice), dice.pick(TOKENS)),
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return replaced(bytes, at, at, dice.pick(TOKENS));
  },
  (bytes, dice) => replaced(bytes, ...range(bytes, dice), dice.bytes(dice.below(16))),
  (bytes, dice, others) => {
    const other = dice.pick(others);
    return replaced(bytes, ...range(bytes, dice), other.subarray(...range(other, dice)));
  },
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  pumped,
];

/** One input: mostly a seed with one to four mutations, sometimes nothing but random bytes. */
export function nextInput(seeds: readonly Uint8Array[], dice: Dice): Uint8Array {
  if (dice.below(32) === 0) return dice.bytes(dice.below(200));
  let bytes = dice.pick(seeds);
  for (let left = 1 + dice.below(4); left > 0; left -= 1) bytes = dice.pick(MUTATIONS)(bytes, dice, seeds);
  return bytes.length > LONGEST_INPUT_BYTES ? bytes.subarray(0, LONGEST_INPUT_BYTES) : bytes;
}
