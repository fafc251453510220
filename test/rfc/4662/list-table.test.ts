// RFC 4662 §5: versions, full and partial state, instances and lists in lists, row by row.
import { describe, expect, it } from 'vitest';
import { parseRlmi } from '../../../main/simple/document/rlmi.ts';
import type { RlmiDocument } from '../../../main/simple/document/rlmi.ts';
import { EMPTY_LIST_TABLE, membersOf, stepListTable } from '../../../main/simple/event/list/list-table.ts';
import type { ListStep, ListTable } from '../../../main/simple/event/list/list-table.ts';
import { readListBody } from '../../../main/simple/event/list/read-list-body.ts';

function rlmi(version: number, fullState: boolean, resources = '', uri = 'sip:list@a'): RlmiDocument {
  const parsed = parseRlmi(
    `<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="${uri}" version="${version}" fullState="${fullState}">${resources}</list>`,
  );
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

const resource = (uri: string, ...instances: string[]): string => `<resource uri="${uri}">${instances.join('')}</resource>`;
const active = (id: string, cid: string): string => `<instance id="${id}" state="active" cid="${cid}"/>`;

function after(...documents: readonly RlmiDocument[]): ListTable {
  return documents.reduce((table, document) => stepListTable(table, document).table, EMPTY_LIST_TABLE);
}

const brief = ({ kind, changes, gone }: ListStep): unknown => ({
  kind,
  changes: changes.map(({ uri, instance }) => [uri, instance?.state]),
  gone,
});

describe('§5.2 version and fullState', () => {
  const known = after(rlmi(3, true, resource('sip:a@a', active('1', 'x')) + resource('sip:b@a')));
  it.each<[string, RlmiDocument, ListStep['kind']]>([
    ['the next version', rlmi(4, false, resource('sip:a@a', active('1', 'y'))), 'applied'],
    ['a version left out', rlmi(5, false, resource('sip:a@a', active('1', 'y'))), 'gap'],
    ['the same version', rlmi(3, false, resource('sip:a@a', active('1', 'y'))), 'stale'],
    ['an older version', rlmi(2, false), 'stale'],
    ['full state later', rlmi(9, true), 'applied'],
    ['full state of the same version', rlmi(3, true), 'applied'],
    ['older full state', rlmi(2, true), 'stale'],
  ])('%s', (_name, document, kind) => {
    expect(stepListTable(known, document).kind).toBe(kind);
  });

  it('partial state without full state before it is a gap, and full state heals it', () => {
    const first = stepListTable(EMPTY_LIST_TABLE, rlmi(7, false, resource('sip:a@a', active('1', 'x'))));
    expect(brief(first)).toEqual({ kind: 'gap', changes: [['sip:a@a', 'active']], gone: [] });
    expect(stepListTable(first.table, rlmi(8, true)).kind).toBe('applied');
  });

  it('full state that leaves somebody out has dropped him; partial state has not', () => {
    expect(brief(stepListTable(known, rlmi(4, true, resource('SIP:b@A'))))).toEqual({
      kind: 'applied',
      changes: [['SIP:b@A', undefined]],
      gone: ['sip:a@a'],
    });
    expect(brief(stepListTable(known, rlmi(4, false, resource('sip:c@a'))))).toEqual({
      kind: 'applied',
      changes: [['sip:c@a', undefined]],
      gone: [],
    });
    expect([...membersOf(after(rlmi(1, true, resource('sip:a@a')), rlmi(2, false, resource('sip:c@a'))))]).toEqual(['sip:a@a', 'sip:c@a']);
  });

  it('a list in the list goes with everybody on it', () => {
    const table = after(rlmi(1, true, resource('sip:inner@a') + resource('sip:a@a')), rlmi(1, true, resource('sip:c@a'), 'sip:inner@a'));
    const step = stepListTable(table, rlmi(2, true, resource('sip:a@a')));
    expect([step.gone, [...membersOf(step.table)]]).toEqual([['sip:inner@a', 'sip:c@a'], ['sip:a@a']]);
  });

  it('lists in the list count by themselves', () => {
    const table = after(rlmi(3, true, resource('sip:inner@a')), rlmi(9, true, resource('sip:c@a'), 'sip:inner@a'));
    expect(stepListTable(table, rlmi(4, false)).kind).toBe('applied');
    expect(stepListTable(table, rlmi(10, false, '', 'sip:inner@a')).kind).toBe('applied');
  });
});

describe('§5.5 instances', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['none', resource('sip:a@a'), [['sip:a@a', undefined]]],
    ['pending', resource('sip:a@a', '<instance id="1" state="pending"/>'), [['sip:a@a', 'pending']]],
    [
      'terminated, with its reason',
      resource('sip:a@a', '<instance id="1" state="terminated" reason="rejected"/>'),
      [['sip:a@a', 'terminated', 'rejected']],
    ],
    [
      'two of one resource',
      resource('sip:a@a', active('1', 'x'), active('2', 'y')),
      [
        ['sip:a@a', 'active'],
        ['sip:a@a', 'active'],
      ],
    ],
    ['without id', resource('sip:a@a', '<instance state="active"/>'), [['sip:a@a', undefined]]],
    ['of an unknown state', resource('sip:a@a', '<instance id="1" state="weird"/>'), [['sip:a@a', undefined]]],
  ])('%s', (_name, resources, changes) => {
    const step = stepListTable(EMPTY_LIST_TABLE, rlmi(0, true, resources));
    const shown = step.changes.map(({ uri, instance }) =>
      instance?.reason === undefined ? [uri, instance?.state] : [uri, instance.state, instance.reason],
    );
    expect(shown).toEqual(changes);
  });
});

describe('§5.6 multipart/related', () => {
  const part = (id: string, type: string, body: string): string => `--b\r\nContent-ID: <${id}>\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
  const list = (version: number, resources: string, uri = 'sip:list@a'): string =>
    `<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="${uri}" version="${version}" fullState="true">${resources}</list>`;
  const read = (text: string, type = 'multipart/related;type="application/rlmi+xml";start="<r@a>";boundary="b"'): unknown => {
    const body = readListBody(type, new TextEncoder().encode(text));
    if (body.kind === 'failure') return 'failure';
    const parts = [...body.parts].map(([id, value]) => [id, value.contentType, new TextDecoder().decode(value.body)]);
    return { version: body.document.version, parts, nested: [...body.nested].map(([id, inner]) => [id, inner.document.uri]) };
  };
  const root = part('r@a', 'application/rlmi+xml;charset="UTF-8"', list(5, resource('sip:a@a', active('1', 'p@a'))));
  const state = part('p@a', 'application/pidf+xml', '<presence/>');

  it.each<[string, string, unknown]>([
    ['root and a state', `${root}${state}--b--`, { version: 5, parts: [['p@a', 'application/pidf+xml', '<presence/>']], nested: [] }],
    ['the root last', `${state}${root}--b--`, { version: 5, parts: [['p@a', 'application/pidf+xml', '<presence/>']], nested: [] }],
    ['no root', `${state}--b--`, 'failure'],
    ['a root that is broken', `${part('r@a', 'application/rlmi+xml', '<list')}--b--`, 'failure'],
    ['no end', root, 'failure'],
    [
      'a list in the list',
      `${root}--b\r\nContent-ID: <n@a>\r\nContent-Type: multipart/related;boundary="c"\r\n\r\n--c\r\nContent-Type: application/rlmi+xml\r\n\r\n${list(1, '', 'sip:inner@a')}\r\n--c--\r\n--b--`,
      { version: 5, parts: [], nested: [['n@a', 'sip:inner@a']] },
    ],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('RLMI alone is read too', () => {
    expect(read(list(2, ''), 'application/rlmi+xml')).toEqual({ version: 2, parts: [], nested: [] });
    expect([read('', 'application/pidf+xml'), read('', 'nonsense')]).toEqual(['failure', 'failure']);
  });
});
