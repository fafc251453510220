// Text made safe, watchers put together, confirmation, lists compared, own presence: the pure parts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, cleanText } from '../../../main/accounts/clean-text.ts';
import { combineWatchers } from '../../../main/accounts/combine-watchers.ts';
import { agreement } from '../../../main/accounts/decision-confirmation.ts';
import { CONTACT_LIMIT, applyListChanges, compareLists } from '../../../main/accounts/list-edits.ts';
import { UNKNOWN_PRESENCE } from '../../../main/accounts/merge-presence.ts';
import { ownPresenceDocument } from '../../../main/accounts/own-presence-document.ts';
import type { WatcherEntry } from '../../../main/simple/document/watcher-info.ts';

describe('text', () => {
  it('keeps what people write and drops what only programs send', () => {
    expect([
      cleanText('a\r\nb\rc\td\u0000\u001b[31m\u007f\u0085'),
      cleanText('مرحبا \u202eabc <b>'),
      cleanText('x'.repeat(10), 5),
      cleanText('\ud800!'),
      cleanName(' A\nB\u0007 '),
    ]).toEqual(['a\nb\nc\td[31m', 'مرحبا \u202eabc <b>', 'xxxx…', '\ufffd!', 'A B']);
  });

  it('is always bounded, well formed and free of controls, and stays so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const cleaned = cleanText(text, limit);
        expect({
          isBounded: cleaned.length <= limit,
          isWellFormed: cleaned.isWellFormed(),
          hasControls: /(?![\n\t])\p{Cc}/u.test(cleaned),
          again: cleanText(cleaned, limit),
        }).toEqual({
          isBounded: true,
          isWellFormed: true,
          hasControls: false,
          again: cleaned,
        });
      }),
    );
  });
});

function entry(id: string, uri: string, status: WatcherEntry['status'], event = 'subscribe'): WatcherEntry {
  return { id, uri, displayName: '', status, event, expirationSeconds: undefined, durationSubscribedSeconds: undefined };
}

describe('watchers', () => {
  it('are people: the strongest subscription counts, ourselves and nonsense do not', () => {
    const watchers = [
      entry('1', 'sip:bob@Example.test;transport=tcp', 'terminated', 'timeout'),
      { ...entry('2', 'pres:bob@example.test', 'pending'), displayName: 'Bob\u0000' },
      entry('3', 'sip:bob@example.test', 'waiting'),
      entry('4', 'sip:ada@example.test', 'active'),
      entry('5', 'not an address', 'pending'),
      entry('6', 'sip:carol@example.test', 'pending'),
      entry('7', 'sip:carol@example.test', 'active', 'approved'),
    ];
    const lists = [
      { resource: 'sip:ada@example.test', package: 'presence', watchers },
      { resource: 'sip:ada@example.test', package: 'dialog', watchers: [entry('8', 'sip:dave@example.test', 'active')] },
    ];
    expect([...combineWatchers(lists, 'sip:ada@example.test', 0).values()]).toEqual([
      {
        address: 'sip:bob@example.test',
        displayName: 'Bob',
        state: 'pending',
        event: 'subscribe',
        subscriptionIds: ['2'],
        isOneTime: false,
      },
      { address: 'sip:carol@example.test', displayName: '', state: 'active', event: 'approved', subscriptionIds: ['7'], isOneTime: false },
    ]);
  });

  it('confirm a decision, contradict it, or prove nothing', () => {
    const states = ['active', 'pending', 'waiting', 'terminated', 'none'] as const;
    const rows = (['allow', 'politely-block', 'block', 'later'] as const).map((decision) =>
      states.map((state) => agreement(decision, state)),
    );
    expect(rows).toEqual([
      ['agrees', 'contradicts', 'contradicts', 'silent', 'silent'],
      ['agrees', 'contradicts', 'contradicts', 'silent', 'silent'],
      ['contradicts', 'contradicts', 'contradicts', 'agrees', 'agrees'],
      ['contradicts', 'agrees', 'agrees', 'silent', 'silent'],
    ]);
  });
});

describe('contact lists', () => {
  const contact = (contactId: string, address: string, name = '') => ({
    contactId,
    accountId: '1',
    address,
    name,
    presence: UNKNOWN_PRESENCE,
    subscription: { state: 'off' as const, sinceMs: 0 },
  });

  it('are compared three ways', () => {
    const here = [contact('1', 'sip:a@x', 'A'), contact('2', 'sip:b@x'), contact('3', 'sip:c@x'), contact('4', 'sip:d@x', 'Dee')];
    const there = new Map([
      ['sip:a@x', 'Anna'],
      ['sip:d@x', 'D'],
      ['sip:e@x', 'E'],
    ]);
    const before = new Map([
      ['sip:a@x', 'A'],
      ['sip:b@x', ''],
      ['sip:d@x', 'D'],
    ]);
    expect(compareLists(here, there, before)).toEqual({
      toAdd: [{ address: 'sip:e@x', name: 'E' }],
      toRename: [{ contactId: '1', name: 'Anna' }],
      toRemove: ['2'],
      toUpload: [here[2]],
    });
  });

  it('seen for the first time are joined', () => {
    const here = [contact('1', 'sip:a@x')];
    expect(compareLists(here, new Map([['sip:e@x', '']]), undefined)).toEqual({
      toAdd: [{ address: 'sip:e@x', name: '' }],
      toRename: [],
      toRemove: [],
      toUpload: here,
    });
  });

  it('beyond what a list of people has stay on the server, and what is here stays here', () => {
    const here = Array.from({ length: CONTACT_LIMIT - 1 }, (_, at) => contact(String(at), `sip:p${at}@x`));
    const there = new Map([...here.map(({ address }) => [address, ''] as const), ['sip:y@x', ''] as const, ['sip:z@x', ''] as const]);
    const nothing = { toAdd: [], toRename: [], toRemove: [], toUpload: [] };
    expect(compareLists(here, there, there)).toEqual({ ...nothing, toAdd: [{ address: 'sip:y@x', name: '' }] });
    const mine = contact('mine', 'sip:z@x');
    expect(compareLists([...here, mine, contact('more', 'sip:y@x')], there, there)).toEqual(nothing);
  });

  it('take edits in order, and a removal from nothing is nothing', () => {
    const put = (name: string): string => JSON.stringify({ kind: 'put', uri: 'sip:a@x', name });
    const remove = JSON.stringify({ kind: 'remove', uri: 'sip:a@x' });
    expect(applyListChanges(undefined, [remove])).toEqual({ kind: 'ok', text: undefined });
    const twice = applyListChanges(undefined, [put('A'), put('Anna')]);
    expect(twice).toEqual(applyListChanges(undefined, [put('Anna')]));
    expect(applyListChanges('<broken', [put('A')]).kind).toBe('failure');
  });
});

describe('own presence', () => {
  const device = { address: 'sip:ada@example.test', instanceId: 'urn:uuid:0a-0b', name: 'Watchword', displayName: '' };
  const moment = { nowMs: 5, idleSinceMs: undefined, idleAfterSeconds: 600 };
  it('says the availability first, other activities as such, and nothing at all when invisible', () => {
    const document = ownPresenceDocument({ availability: 'busy', note: 'writing', activity: 'yodelling' }, device, moment);
    expect({
      ids: document?.tuples.map(({ id, basic, deviceId }) => [id, basic, deviceId]),
      activities: document?.persons.map(({ rich }) => rich.activities),
      notes: document?.persons.map(({ notes }) => notes),
    }).toEqual({
      ids: [['t0a0b', 'open', 'urn:uuid:0a-0b']],
      activities: [['busy', 'other:yodelling']],
      notes: [[{ text: 'writing', lang: '' }]],
    });
    expect(ownPresenceDocument({ availability: 'invisible', note: 'x', activity: 'meeting' }, device, moment)).toBe(undefined);
    expect(
      ownPresenceDocument({ availability: 'available', note: '', activity: 'meeting' }, device, moment)?.persons[0]?.rich.activities,
    ).toEqual(['meeting']);
  });

  it('says after how long nobody is here, as the person set it, and since when', () => {
    const own = { availability: 'available', note: '', activity: '' } as const;
    const inputs = [moment, { ...moment, idleSinceMs: 3 }, { ...moment, idleAfterSeconds: undefined }].map(
      (each) => ownPresenceDocument(own, device, each)?.devices[0]?.rich.userInput,
    );
    expect(inputs).toEqual([
      { state: 'active', idleThresholdSeconds: 600, lastInputMs: undefined },
      { state: 'idle', idleThresholdSeconds: 600, lastInputMs: 3 },
      { state: 'active', idleThresholdSeconds: undefined, lastInputMs: undefined },
    ]);
  });
});
