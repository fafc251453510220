// PIDF and RPID: the RFCs' documents, what real programs send, hostile input, and printing back.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePidf, printPidf } from '../../../../main/simple/document/pidf.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple, type PresenceDocument } from '../../../../main/simple/document/presence-document.ts';

function rfc(name: string): string {
  return readFileSync(new URL(`../../../rfc/document/${name}`, import.meta.url), 'utf8');
}

function read(source: string, atMs?: number): PresenceDocument {
  const parsed = parsePidf(source, atMs);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

const ROOT =
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:a@b">';

describe('the documents of the RFCs', () => {
  it('RFC 3863 §4.3', () => {
    const tuple = { ...emptyTuple('sg89ae'), basic: 'open', contact: 'tel:+09012345678', contactPriority: 0.8 };
    expect(read(rfc('rfc3863-4.3.xml'))).toEqual({
      entity: 'pres:someone@example.com',
      tuples: [tuple],
      persons: [],
      devices: [],
      notes: [],
    });
  });

  it('RFC 3863 §4.5', () => {
    const french = { text: "Ne derangez pas, s'il vous plait", lang: 'fr' };
    expect(read(rfc('rfc3863-4.5.xml'))).toEqual({
      entity: 'pres:someone@example.com',
      tuples: [
        {
          ...emptyTuple('bs35r9'),
          basic: 'open',
          contact: 'im:someone@mobilecarrier.net',
          contactPriority: 0.8,
          notes: [{ text: "Don't Disturb Please!", lang: 'en' }, french],
          timestampMs: Date.UTC(2001, 9, 27, 16, 49, 29),
        },
        { ...emptyTuple('eg92n8'), basic: 'open', contact: 'mailto:someone@example.com', contactPriority: 1 },
      ],
      persons: [],
      devices: [],
      notes: [{ text: "I'll be in Tokyo next week", lang: '' }],
    });
  });

  const person = {
    ...emptyPerson('p1'),
    rich: {
      ...EMPTY_RICH_STATUS,
      activities: ['away'],
      moods: ['angry', 'other:brooding'],
      placeTypes: ['residence'],
      placeIs: ['audio/noisy'],
      privacy: ['unknown'],
      sphere: 'bowling league',
      class: 'calendar',
      statusIcon: 'http://example.com/play.gif',
      timeOffsetMinutes: -240,
      notes: [{ text: 'Far away', lang: '' }],
    },
    notes: [{ text: 'Scoring 120', lang: '' }],
    timestampMs: Date.UTC(2005, 4, 30, 11, 9, 44),
  };

  it('RFC 4480 §4', () => {
    const document = read(rfc('rfc4480-4.xml'));
    const userInput = { state: 'idle', idleThresholdSeconds: 600, lastInputMs: Date.UTC(2004, 9, 21, 18, 20) };
    expect(document.persons).toEqual([person]);
    expect(document.devices).toEqual([
      {
        id: 'pc147',
        deviceId: 'urn:device:0003ba4811e3',
        rich: { ...EMPTY_RICH_STATUS, userInput },
        notes: [{ text: 'PC', lang: '' }],
        timestampMs: undefined,
      },
    ]);
    expect(document.tuples.map(({ id, deviceId, rich }) => [id, deviceId, rich.relationship, rich.serviceClass, rich.class])).toEqual([
      ['bs35r9', 'urn:device:0003ba4811e3', 'self', 'electronic', undefined],
      ['ty4658', undefined, 'assistant', undefined, undefined],
      ['eg92n8', 'urn:x-mac:0003ba4811e3', undefined, 'electronic', 'email'],
    ]);
  });

  it('leaves out rich status outside its period', () => {
    const at = (iso: string): readonly string[] => read(rfc('rfc4480-4.xml'), Date.parse(iso)).persons[0]?.rich.activities ?? ['none'];
    expect([at('2005-05-30T11:59:59+05:00'), at('2005-05-30T12:00:00+05:00'), at('2005-05-30T17:00:01+05:00')]).toEqual([[], ['away'], []]);
  });
});

describe('what real programs send', () => {
  it.each([
    [
      'INTEROP(Kamailio) person before tuple, joined documents',
      `${ROOT}<dm:person id="p"><r:activities><r:busy/></r:activities></dm:person><tuple id="t"><status><basic>open</basic></status></tuple></presence>`,
      {
        tuples: [{ ...emptyTuple('t'), basic: 'open' }],
        persons: [{ ...emptyPerson('p'), rich: { ...EMPTY_RICH_STATUS, activities: ['busy'] } }],
      },
    ],
    [
      'INTEROP(baresip) empty activities',
      `${ROOT}<dm:person id="p4159"><r:activities/></dm:person><tuple id="t4109"><status><basic>open</basic></status><contact>sip:bob@example.test</contact></tuple></presence>`,
      { tuples: [{ ...emptyTuple('t4109'), basic: 'open', contact: 'sip:bob@example.test' }], persons: [emptyPerson('p4159')] },
    ],
    [
      'INTEROP(Linphone) unknown elements in status',
      `${ROOT}<tuple id="x1"><status><basic>open</basic><o:online xmlns:o="http://www.linphone.org/xsds/pidfonline.xsd"/></status><contact priority="0.8">sip:bob@example.test</contact><timestamp>2026-11-23T00:16:03Z</timestamp></tuple></presence>`,
      {
        tuples: [
          {
            ...emptyTuple('x1'),
            basic: 'open',
            contact: 'sip:bob@example.test',
            contactPriority: 0.8,
            timestampMs: Date.UTC(2026, 10, 23, 0, 16, 3),
          },
        ],
      },
    ],
    [
      'INTEROP(libpurple) note only',
      `${ROOT}<tuple id="bs35r9"><status><basic> Open </basic></status><note>available</note></tuple></presence>`,
      { tuples: [{ ...emptyTuple('bs35r9'), basic: 'open', notes: [{ text: 'available', lang: '' }] }] },
    ],
    [
      'older RPID in status',
      '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:status:rpid" entity="sip:a@b"><tuple id="t"><status><basic>closed</basic><r:activities><r:away/></r:activities></status></tuple></presence>',
      { tuples: [{ ...emptyTuple('t'), basic: 'closed', rich: { ...EMPTY_RICH_STATUS, activities: ['away'] } }] },
    ],
    [
      'no basic, bad priority, bad timestamp, no id',
      `${ROOT}<tuple><status/><contact priority="7">sip:x@y</contact><timestamp>yesterday</timestamp></tuple></presence>`,
      { tuples: [{ ...emptyTuple(''), contact: 'sip:x@y' }] },
    ],
    ['nothing inside', `${ROOT}</presence>`, {}],
    [
      'no namespace at all',
      '<presence entity="sip:a@b"><tuple id="t"><status><basic>open</basic></status></tuple></presence>',
      { tuples: [{ ...emptyTuple('t'), basic: 'open' }] },
    ],
  ])('%s', (_name, source, expected) => {
    expect(read(source)).toEqual({ entity: 'sip:a@b', tuples: [], persons: [], devices: [], notes: [], ...expected });
  });

  it.each([
    ['another document', '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="0" state="full"/>', 'not a presence document'],
    ['another namespace', '<presence xmlns="jabber:client"/>', 'not a presence document'],
    ['no XML', 'open', 'text data outside of root node.'],
  ])('refuses %s', (_name, source, reason) => {
    expect(parsePidf(source)).toEqual({ kind: 'failure', reason, offset: expect.any(Number) as number });
  });
});

describe('printing', () => {
  it('prints our own publication in schema order', () => {
    const document: PresenceDocument = {
      entity: 'sip:ada@example.org',
      tuples: [
        {
          ...emptyTuple('d1'),
          basic: 'open',
          contact: 'sip:ada@example.org',
          contactPriority: 0.5,
          notes: [{ text: 'a < b', lang: '' }],
          timestampMs: 1_795_000_000_000,
        },
      ],
      persons: [{ ...emptyPerson('p1'), rich: { ...EMPTY_RICH_STATUS, activities: ['on-the-phone'], sphere: 'work' } }],
      devices: [],
      notes: [],
    };
    expect(printPidf(document)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:ada@example.org">' +
        '<tuple id="d1"><status><basic>open</basic></status><contact priority="0.5">sip:ada@example.org</contact><note>a &lt; b</note><timestamp>2026-11-18T11:06:40Z</timestamp></tuple>' +
        '<dm:person id="p1"><rpid:activities><rpid:on-the-phone/></rpid:activities><rpid:sphere><rpid:work/></rpid:sphere></dm:person></presence>\n',
    );
  });

  it('prints capabilities in the order that RFC 5196 gives its sequence', () => {
    const flags = { audio: true, video: false, text: true, message: true, isFocus: false };
    const capabilities = { ...flags, types: ['text/plain'], methods: ['MESSAGE'] };
    const printed = printPidf({ entity: 'sip:a@b', tuples: [{ ...emptyTuple('t'), capabilities }], persons: [], devices: [], notes: [] });
    expect([...printed.matchAll(/<caps:([a-z]+)>/g)].map(([, name]) => name)).toEqual([
      'servcaps',
      'audio',
      'isfocus',
      'message',
      'methods',
      'supported',
      'text',
      'type',
      'video',
    ]);
  });

  const text = fc
    .stringMatching(/^[a-zA-Zéß中<&>"'.;:/ -]{1,12}$/)
    .map((value) => value.trim())
    .filter((value) => value !== '');
  const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
  const notes = fc.array(fc.record({ text, lang: fc.constantFrom('', 'en', 'fr') }), { maxLength: 2 });
  const instant = optional(fc.integer({ min: -10_000_000_000_000, max: 100_000_000_000_000 }));
  const words = fc.array(
    fc.oneof(
      fc.constantFrom('away', 'busy', 'on-the-phone'),
      text.map((value) => `other:${value}`),
    ),
    { maxLength: 3 },
  );
  const rich = fc.record({
    activities: words,
    moods: words,
    placeTypes: words,
    placeIs: fc.array(fc.constantFrom('audio/noisy', 'video/toobright', 'text/other:dim'), { maxLength: 2 }),
    privacy: fc.constantFrom([], ['audio'], ['audio', 'text']),
    sphere: optional(fc.oneof(fc.constantFrom('home', 'work'), text)),
    userInput: optional(
      fc.record({
        state: fc.constantFrom('active' as const, 'idle' as const),
        idleThresholdSeconds: optional(fc.nat()),
        lastInputMs: instant,
      }),
    ),
    class: optional(text),
    statusIcon: optional(text),
    timeOffsetMinutes: optional(fc.integer({ min: -840, max: 840 })),
    relationship: optional(fc.constantFrom('self', 'other:friend')),
    serviceClass: optional(fc.constantFrom('electronic', 'in-person')),
    notes,
  });
  const flag = optional(fc.boolean());
  const capabilities = fc.record({
    audio: flag,
    video: flag,
    text: flag,
    message: flag,
    isFocus: flag,
    types: fc.array(text, { maxLength: 2 }),
    methods: fc.constantFrom([], ['MESSAGE', 'INVITE']),
  });
  const link = optional(text);
  const links = fc.record({ card: text, displayName: link, homepage: link, icon: link, map: link, sound: link });
  const document: fc.Arbitrary<PresenceDocument> = fc.record({
    entity: text,
    tuples: fc.array(
      fc.record({
        id: text,
        basic: fc.constantFrom('open', 'closed', undefined),
        contact: optional(text),
        contactPriority: fc.constant(undefined),
        notes,
        timestampMs: instant,
        deviceId: optional(text),
        rich,
        capabilities: optional(capabilities),
      }),
      { maxLength: 3 },
    ),
    persons: fc.array(fc.record({ id: text, rich, notes, timestampMs: instant, links: optional(links) }), { maxLength: 2 }),
    devices: fc.array(fc.record({ id: text, deviceId: optional(text), rich, notes, timestampMs: instant }), { maxLength: 2 }),
    notes,
  });

  it('what is printed reads back the same', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(read(printPidf(value))).toEqual(value);
      }),
      { numRuns: 150 },
    );
  });

  it('never throws on mutated documents', () => {
    const good = rfc('rfc4480-4.xml');
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(30), fc.string({ unit: 'binary', maxLength: 8 }), (at, cut, put) => {
        expect(['ok', 'failure']).toContain(parsePidf(good.slice(0, at) + put + good.slice(at + cut)).kind);
      }),
      { numRuns: 150 },
    );
  });
});
