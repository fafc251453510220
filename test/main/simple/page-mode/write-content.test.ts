// What we send reads back as what was meant: texts in CPIM, one report or several, typing notices.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseImdn } from '../../../../main/simple/document/imdn.ts';
import { parseIsComposing } from '../../../../main/simple/document/is-composing.ts';
import { printRecipientList } from '../../../../main/simple/document/recipient-list.ts';
import { allEntries, parseResourceLists } from '../../../../main/simple/document/resource-lists.ts';
import { readImdnRequest } from '../../../../main/simple/page-mode/imdn-request.ts';
import { readContent } from '../../../../main/simple/page-mode/read-content.ts';
import { writeCpimText, writeReports, writeText, writeTyping } from '../../../../main/simple/page-mode/write-content.ts';

const envelope = {
  from: { displayName: 'Ada "Countess" <L>', uri: 'sip:ada@example.org' },
  to: { displayName: '', uri: 'sip:bob@example.org' },
  sentAtMs: Date.UTC(2026, 10, 23),
  imdnId: 'id-1',
};

it('text, plain and wrapped, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const plain = writeText(text);
      expect(readContent(plain.body, plain.contentType, undefined)).toMatchObject({ kind: 'text', text });
      const wrapped = writeCpimText(text, envelope);
      const content = readContent(wrapped.body, wrapped.contentType, undefined);
      expect(content).toMatchObject({ kind: 'text', text, cpim: { from: envelope.from, dateTimeMs: envelope.sentAtMs } });
      expect(writeCpimText(text, envelope)).toEqual(wrapped);
    }),
  );
});

it('a wrapped text asks for all reports on its Message-ID', () => {
  const { body, contentType } = writeCpimText('x', envelope);
  const content = readContent(body, contentType, undefined);
  expect(content.kind === 'text' && content.cpim !== undefined ? readImdnRequest(content.cpim.headers) : undefined).toEqual({
    messageId: 'id-1',
    wantsDelivery: true,
    wantsFailure: true,
    wantsDisplay: true,
  });
});

describe('reports', () => {
  const report = (messageId: string) =>
    ({
      messageId,
      dateTimeMs: 0,
      kind: 'delivery',
      status: 'delivered',
      recipientUri: 'sip:bob@example.org',
      originalRecipientUri: undefined,
      subject: undefined,
    }) as const;
  it.each([[['one']], [['one', 'two', 'three']]])('%j', (ids) => {
    const { body, contentType } = writeReports(ids.map(report), envelope, 'boundary');
    const content = readContent(body, contentType, undefined);
    const documents = content.kind === 'signal' ? content.documents.map((text) => parseImdn(text)) : [];
    expect(documents).toEqual(ids.map((id) => ({ kind: 'ok', document: report(id) })));
    expect(new TextDecoder().decode(body)).not.toContain('Disposition-Notification');
  });
});

it('typing notices', () => {
  const read = (isActive: boolean) => parseIsComposing(writeTyping(isActive, 90, 1_000).body);
  expect([read(true), read(false)]).toEqual([
    { kind: 'ok', document: { state: 'active', contentType: 'text/plain', lastActiveMs: undefined, refreshSeconds: 90 } },
    { kind: 'ok', document: { state: 'idle', contentType: 'text/plain', lastActiveMs: 1_000, refreshSeconds: undefined } },
  ]);
});

it('lists of recipients', () => {
  const parsed = parseResourceLists(printRecipientList(['sip:bob@example.org', 'sip:"<&>"@example.org']));
  expect(parsed.kind === 'ok' && allEntries(parsed.document).map(({ uri }) => uri)).toEqual([
    'sip:bob@example.org',
    'sip:"<&>"@example.org',
  ]);
});
