// RFC 5025 §3.2 (sub-handling) and §3.3 (what is shown), permission by permission: from the rule's XML to the document a watcher gets.
import { describe, expect, it } from 'vitest';
import { filterPresence, politelyBlockedPresence } from '../../../main/simple/document/presence-filter.ts';
import { parsePidf, printPidf } from '../../../main/simple/document/pidf.ts';
import type { PresenceDocument, RichStatus } from '../../../main/simple/document/presence-document.ts';
import { evaluateRules } from '../../../main/simple/document/rules/evaluate-rules.ts';
import { parsePresenceRules } from '../../../main/simple/document/rules/rules-document.ts';

const SOURCE = `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:c="urn:ietf:params:xml:ns:pidf:cipid" entity="pres:ada@a">
  <tuple id="t1"><status><basic>open</basic></status><dm:deviceID>urn:d:1</dm:deviceID><r:class>work</r:class>
    <r:relationship><r:self/></r:relationship><contact>sip:ada@a</contact><note>tuple note</note></tuple>
  <tuple id="t2"><status><basic>open</basic></status><contact>mailto:ada@a</contact></tuple>
  <dm:person id="p1"><r:class>work</r:class><r:activities><r:meeting/></r:activities><r:mood><r:happy/></r:mood>
    <r:place-is><r:audio><r:noisy/></r:audio></r:place-is><r:place-type><lt:office xmlns:lt="urn:ietf:params:xml:ns:location-type"/></r:place-type>
    <r:privacy><r:audio/></r:privacy><r:sphere><r:work/></r:sphere><r:status-icon>http://x/i</r:status-icon><r:time-offset>60</r:time-offset>
    <r:user-input idle-threshold="600" last-input="2026-11-23T10:00:00Z">idle</r:user-input><c:homepage>http://x/</c:homepage><dm:note>person note</dm:note></dm:person>
  <dm:person id="p2"><r:class>home</r:class></dm:person>
  <dm:device id="d1"><r:class>work</r:class><dm:deviceID>urn:d:1</dm:deviceID></dm:device>
  <dm:device id="d2"><dm:deviceID>urn:d:2</dm:deviceID></dm:device>
</presence>`;

function sourceDocument(): PresenceDocument {
  const parsed = parsePidf(SOURCE);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

function seenBy(transformations: string): PresenceDocument {
  const text = `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:p="urn:ietf:params:xml:ns:pres-rules"><rule id="r"><actions><p:sub-handling>allow</p:sub-handling></actions><transformations>${transformations}</transformations></rule></ruleset>`;
  const parsed = parsePresenceRules(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  const answer = evaluateRules(parsed.document, { watcher: 'sip:bob@b', atMs: 0 });
  return filterPresence(sourceDocument(), answer.transformations);
}

const ids = ({ tuples, persons, devices }: PresenceDocument): string => [...tuples, ...persons, ...devices].map(({ id }) => id).join(' ');

describe('§3.3.1 which services, persons and devices', () => {
  it.each<[string, string]>([
    ['', ''],
    ['<p:provide-services/>', ''],
    ['<p:provide-services><p:all-services/></p:provide-services>', 't1 t2'],
    ['<p:provide-services><p:service-uri>sip:ada@a</p:service-uri></p:provide-services>', 't1'],
    ['<p:provide-services><p:service-uri-scheme>mailto</p:service-uri-scheme></p:provide-services>', 't2'],
    ['<p:provide-services><p:occurrence-id>t2</p:occurrence-id></p:provide-services>', 't2'],
    ['<p:provide-services><p:class>work</p:class></p:provide-services>', 't1'],
    ['<p:provide-services><p:class>work</p:class><p:occurrence-id>t2</p:occurrence-id></p:provide-services>', 't1 t2'],
    ['<p:provide-services><p:deviceID>urn:d:1</p:deviceID></p:provide-services>', 't1'],
    ['<p:provide-persons><p:all-persons/></p:provide-persons>', 'p1 p2'],
    ['<p:provide-persons><p:class>home</p:class></p:provide-persons>', 'p2'],
    ['<p:provide-persons><p:occurrence-id>p1</p:occurrence-id></p:provide-persons>', 'p1'],
    ['<p:provide-devices><p:all-devices/></p:provide-devices>', 'd1 d2'],
    ['<p:provide-devices><p:deviceID>urn:d:2</p:deviceID></p:provide-devices>', 'd2'],
    ['<p:provide-devices><p:class>work</p:class></p:provide-devices>', 'd1'],
    ['<p:provide-devices><p:occurrence-id>d2</p:occurrence-id></p:provide-devices>', 'd2'],
    ['<p:provide-all-attributes/>', ''],
    ['<x:provide-services xmlns:x="urn:x"><x:all-services/></x:provide-services>', ''],
  ])('%s', (permission, expected) => {
    expect(ids(seenBy(permission))).toBe(expected);
  });
});

const EVERYBODY =
  '<p:provide-services><p:all-services/></p:provide-services><p:provide-persons><p:all-persons/></p:provide-persons><p:provide-devices><p:all-devices/></p:provide-devices>';

/** Names of what is there beyond status, contact and ids. */
function shown({ tuples, persons, devices }: PresenceDocument): string {
  const rich = (status: RichStatus | undefined): string[] =>
    Object.entries(status ?? {})
      .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(([name]) => name);
  const [tuple] = tuples;
  const [person] = persons;
  const [device] = devices;
  return [
    ...(tuple?.deviceId === undefined ? [] : ['tuple.deviceId']),
    ...(tuple?.notes.length ? ['tuple.notes'] : []),
    ...rich(tuple?.rich).map((name) => `tuple.${name}`),
    ...rich(person?.rich).map((name) => `person.${name}`),
    ...(person?.notes.length ? ['person.notes'] : []),
    ...(person?.links === undefined ? [] : ['person.links']),
    ...rich(device?.rich).map((name) => `device.${name}`),
  ]
    .sort()
    .join(' ');
}

const EVERYTHING =
  'device.class person.activities person.class person.links person.moods person.notes person.placeIs person.placeTypes person.privacy person.sphere person.statusIcon person.timeOffsetMinutes person.userInput tuple.class tuple.deviceId tuple.notes tuple.relationship';

describe('§3.3.2 which attributes', () => {
  it.each<[string, string]>([
    ['', ''],
    ['<p:provide-activities>true</p:provide-activities>', 'person.activities'],
    ['<p:provide-activities>1</p:provide-activities>', 'person.activities'],
    ['<p:provide-activities>false</p:provide-activities>', ''],
    ['<p:provide-activities>yes</p:provide-activities>', ''],
    ['<p:provide-class>true</p:provide-class>', 'device.class person.class tuple.class'],
    ['<p:provide-deviceID>true</p:provide-deviceID>', 'tuple.deviceId'],
    ['<p:provide-mood>true</p:provide-mood>', 'person.moods'],
    ['<p:provide-place-is>true</p:provide-place-is>', 'person.placeIs'],
    ['<p:provide-place-type>true</p:provide-place-type>', 'person.placeTypes'],
    ['<p:provide-privacy>true</p:provide-privacy>', 'person.privacy'],
    ['<p:provide-relationship>true</p:provide-relationship>', 'tuple.relationship'],
    ['<p:provide-sphere>true</p:provide-sphere>', 'person.sphere'],
    ['<p:provide-status-icon>true</p:provide-status-icon>', 'person.statusIcon'],
    ['<p:provide-time-offset>true</p:provide-time-offset>', 'person.timeOffsetMinutes'],
    ['<p:provide-note>true</p:provide-note>', 'person.notes tuple.notes'],
    ['<p:provide-user-input>bare</p:provide-user-input>', 'person.userInput'],
    ['<p:provide-user-input>false</p:provide-user-input>', ''],
    [
      '<p:provide-unknown-attribute ns="urn:ietf:params:xml:ns:pidf:cipid" name="homepage">true</p:provide-unknown-attribute>',
      'person.links',
    ],
    ['<p:provide-unknown-attribute ns="urn:x" name="homepage">true</p:provide-unknown-attribute>', ''],
    ['<p:provide-all-attributes/>', EVERYTHING],
  ])('%s', (permission, expected) => {
    expect(shown(seenBy(EVERYBODY + permission))).toBe(expected);
  });

  it.each<[string, object | undefined]>([
    ['false', undefined],
    ['bare', { state: 'idle', idleThresholdSeconds: undefined, lastInputMs: undefined }],
    ['thresholds', { state: 'idle', idleThresholdSeconds: 600, lastInputMs: undefined }],
    ['full', { state: 'idle', idleThresholdSeconds: 600, lastInputMs: Date.UTC(2026, 10, 23, 10) }],
  ])('user-input %s', (word, expected) => {
    expect(seenBy(`${EVERYBODY}<p:provide-user-input>${word}</p:provide-user-input>`).persons[0]?.rich.userInput).toEqual(expected);
  });
});

describe('§3.2.1 polite-block', () => {
  it('looks the same whatever there would be to see', () => {
    const text = printPidf(politelyBlockedPresence('pres:ada@a'));
    expect(text).not.toMatch(/t1|p1|d1|work|note/);
    const parsed = parsePidf(text);
    expect(parsed.kind === 'ok' && parsed.document.tuples.map(({ basic, contact }) => [basic, contact])).toEqual([['closed', undefined]]);
  });
});
