// Every failure has its sentence: whole, for a person, and without a secret or a bare code alone.
import { describe, expect, it } from 'vitest';
import { failureDetail, failureWords, terminatedWords, xcapFailureDetail, xcapFailureWords } from '../../../main/accounts/words.ts';
import type { Doing } from '../../../main/accounts/words.ts';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';
import type { XcapFailure } from '../../../main/simple/xcap/xcap-result.ts';

const DOING: Doing[] = ['registration', 'publication', 'watcherInfo', 'policy', 'contactList', 'subscription', 'message'];
const CAUSES = ['name-not-found', 'refused', 'unreachable', 'tls', 'closed', 'too-large'] as const;
const STATUSES = [300, 400, 403, 404, 405, 408, 413, 415, 480, 486, 489, 500, 501, 503, 504, 507, 513, 600, 603, 604, 699];
const SENTENCE = /^[A-Z“].{10,}\.$/;

describe('failures of SIP', () => {
  const failures: ProtocolFailure[] = [
    { kind: 'timeout' },
    { kind: 'unauthenticated', status: 401, realm: 'example.test' },
    ...CAUSES.map((cause): ProtocolFailure => ({ kind: 'transport', cause, reason: 'ECONNREFUSED' })),
    ...STATUSES.map((status): ProtocolFailure => ({ kind: 'status', status, reason: 'Whatever', retryAfterSeconds: undefined })),
  ];
  it.each(DOING)('while %s', (doing) => {
    for (const failure of failures) {
      expect(failureWords(doing, failure), JSON.stringify(failure)).toMatch(SENTENCE);
      expect(failureWords(doing, failure)).not.toContain('Whatever');
      expect(failureDetail(failure)).not.toBe('');
    }
  });

  it('the same status means what was being done', () => {
    const missing: ProtocolFailure = { kind: 'status', status: 404, reason: '', retryAfterSeconds: undefined };
    expect([failureWords('registration', missing), failureWords('message', missing)]).toEqual([
      'The server does not know this address. Check it for typing mistakes.',
      'There is nobody with this address.',
    ]);
  });
});

it('failures of documents', () => {
  const failures: XcapFailure[] = [
    { kind: 'unauthenticated', status: 401, realm: 'example.test' },
    { kind: 'refused-document', words: 'no', element: undefined },
    { kind: 'changed-elsewhere' },
    ...STATUSES.map((status): XcapFailure => ({ kind: 'status', status, reason: '', retryAfterSeconds: undefined })),
    ...([...CAUSES, 'timeout', 'bad-url', 'cancelled'] as const).map((cause): XcapFailure => ({
      kind: 'http',
      failure: { kind: 'http-failed', cause, reason: '' },
    })),
  ];
  for (const failure of failures) {
    for (const part of ['policy', 'contactList'] as const)
      expect(xcapFailureWords(part, failure), JSON.stringify(failure)).toMatch(SENTENCE);
    expect(xcapFailureDetail(failure)).not.toBe('');
  }
});

it('ends of subscriptions, also for reasons nobody knows', () => {
  for (const reason of [
    'rejected',
    'noresource',
    'invariant',
    'probation',
    'giveup',
    'deactivated',
    'timeout',
    '',
    'no-such-word',
    'constructor',
  ]) {
    expect(terminatedWords(reason), reason).toMatch(/^[A-Z].{10,}\.$/);
  }
});
