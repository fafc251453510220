// Registration information: the form of RFC 3680 §5, liberal reading, and joining full and partial documents.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_REGISTRATION_TABLE,
  isRegistered,
  parseRegistrationInfo,
  stepRegistrationInfo,
  type RegistrationEntry,
  type RegistrationInfoDocument,
  type RegistrationTable,
} from '../../../../main/simple/document/registration-info.ts';

const NAMESPACE = 'xmlns="urn:ietf:params:xml:ns:reginfo"';
const contact = (id: string, state: 'active' | 'terminated' = 'active') => ({ id, uri: `sip:bob@192.0.2.${id.length}`, state });
const entry = (id: string, state: RegistrationEntry['state'], ...contacts: RegistrationEntry['contacts']): RegistrationEntry => ({
  id,
  aor: 'sip:bob@example.org',
  state,
  contacts,
});
const document = (version: number, state: 'full' | 'partial', ...registrations: RegistrationEntry[]): RegistrationInfoDocument => ({
  version,
  state,
  registrations,
});

describe('parseRegistrationInfo', () => {
  it('reads registrations and their contacts, and leaves out what cannot be told', () => {
    const source = `<?xml version="1.0"?>
<reginfo ${NAMESPACE} version="7" state="partial">
  <registration aor="sip:bob@example.org" id="as9" state="active">
    <contact id="76" state="active" event="registered" duration-registered="7322" q="0.8"><uri>sip:bob@pc34.example.org</uri><display-name>PC</display-name></contact>
    <contact id="77" state="terminated" event="expired" q="0.5"><uri> sip:bob@pc35.example.org </uri></contact>
    <contact id="78" state="active"/>
    <contact id="79" state="odd"><uri>sip:x@example.org</uri></contact>
  </registration>
  <registration aor="sip:carol@example.org" id="a7" state="init"/>
  <registration aor="sip:dave@example.org" state="active"/>
  <registration aor="sip:erin@example.org" id="x" state="asleep"/>
</reginfo>`;
    expect(parseRegistrationInfo(source)).toEqual({
      kind: 'ok',
      document: document(
        7,
        'partial',
        {
          id: 'as9',
          aor: 'sip:bob@example.org',
          state: 'active',
          contacts: [
            { id: '76', uri: 'sip:bob@pc34.example.org', state: 'active' },
            { id: '77', uri: 'sip:bob@pc35.example.org', state: 'terminated' },
          ],
        },
        { id: 'a7', aor: 'sip:carol@example.org', state: 'init', contacts: [] },
      ),
    });
  });

  it.each([
    ['', /./],
    ['<reginfo version="1" state="full"/>', /not a reginfo/],
    [`<reginfo ${NAMESPACE} state="full"/>`, /version/],
    [`<reginfo ${NAMESPACE} version="-1" state="full"/>`, /version/],
    [`<reginfo ${NAMESPACE} version="1" state="half"/>`, /neither/],
  ])('%s is none', (source, reason) => {
    expect(parseRegistrationInfo(source)).toMatchObject({ kind: 'failure', reason: expect.stringMatching(reason) as string });
  });

  it('never throws, and takes no more than anybody has', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRegistrationInfo(`<reginfo ${NAMESPACE} version="1" state="full">${text}`)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseRegistrationInfo(bytes)));
    const many = '<registration aor="a" id="b" state="active"/>'.repeat(500);
    const parsed = parseRegistrationInfo(`<reginfo ${NAMESPACE} version="1" state="full">${many}</reginfo>`);
    expect(parsed.kind === 'ok' && parsed.document.registrations.length).toBe(50);
  });
});

describe('stepRegistrationInfo', () => {
  const known: RegistrationTable = { version: 3, registrations: [entry('a', 'active', contact('1')), entry('b', 'terminated')] };
  it.each<[string, RegistrationInfoDocument, 'applied' | 'gap' | 'stale', readonly RegistrationEntry[]]>([
    ['full state replaces', document(9, 'full', entry('c', 'init')), 'applied', [entry('c', 'init')]],
    ['the next partial one changes rows', document(4, 'partial', entry('a', 'terminated')), 'applied', [entry('a', 'terminated')]],
    ['it adds rows', document(4, 'partial', entry('c', 'active')), 'applied', [known.registrations[0]!, entry('c', 'active')]],
    ['one is missing', document(5, 'partial', entry('c', 'active')), 'gap', [known.registrations[0]!, entry('c', 'active')]],
    ['the same again', document(3, 'partial', entry('c', 'active')), 'stale', known.registrations],
    ['older', document(2, 'full', entry('c', 'active')), 'stale', known.registrations],
    ['the same, in full', document(3, 'full'), 'applied', []],
  ])('%s', (_name, news, kind, registrations) => {
    expect(stepRegistrationInfo(known, news)).toEqual({ kind, state: { version: kind === 'stale' ? 3 : news.version, registrations } });
  });

  it('a partial one at the beginning is a gap', () => {
    expect(stepRegistrationInfo(EMPTY_REGISTRATION_TABLE, document(0, 'partial', entry('a', 'active'))).kind).toBe('gap');
  });

  it('full state after any documents is what it says', () => {
    const anEntry = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      aor: fc.constant('sip:bob@example.org'),
      state: fc.constantFrom('init' as const, 'active' as const, 'terminated' as const),
      contacts: fc.constant([]),
    });
    const aDocument = fc.record({
      version: fc.nat(20),
      state: fc.constantFrom('full' as const, 'partial' as const),
      registrations: fc.uniqueArray(anEntry, { selector: ({ id }) => id }),
    });
    fc.assert(
      fc.property(fc.array(aDocument), fc.uniqueArray(anEntry, { selector: ({ id }) => id }), (documents, last) => {
        const before = documents.reduce((table, one) => stepRegistrationInfo(table, one).state, EMPTY_REGISTRATION_TABLE);
        const step = stepRegistrationInfo(before, { version: 21, state: 'full', registrations: last });
        expect(step).toEqual({ kind: 'applied', state: { version: 21, registrations: last } });
      }),
    );
  });
});

it.each<[string, boolean, readonly RegistrationEntry[]]>([
  ['nothing is known', false, []],
  ['never registered', false, [entry('a', 'init')]],
  ['left', false, [entry('a', 'terminated')]],
  ['there, with a device', true, [entry('a', 'active', contact('1', 'terminated'), contact('22'))]],
  ['there, devices not told', true, [entry('a', 'active')]],
  ['there, and every device left', false, [entry('a', 'active', contact('1', 'terminated'))]],
  ['there by one of two', true, [entry('a', 'terminated'), entry('b', 'active')]],
])('%s: registered %s', (_name, expected, registrations) => {
  expect(isRegistered({ version: 1, registrations })).toBe(expected);
});
