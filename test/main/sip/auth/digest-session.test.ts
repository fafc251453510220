// A digest session as HTTP uses it: origins kept apart, nextnonce, rspauth, stale without end, and no answer to strangers.
import { describe, expect, it } from 'vitest';
import { digestResponse } from '../../../../main/sip/auth/digest.ts';
import { createDigestSession } from '../../../../main/sip/index.ts';
import type { DigestSession, HeaderField } from '../../../../main/sip/index.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';

const HOME = { origin: 'https://xcap.test', proxy: '' };
const TARGET = { method: 'GET', uriText: '/doc', body: new Uint8Array(0) };

function open(): DigestSession {
  return createDigestSession({
    random: createFakeRandom(),
    credentials: (realm) => (realm === 'r' ? { user: 'alice', password: 'secret' } : undefined),
  });
}

function challenge(nonce: string, more = ''): HeaderField[] {
  return [{ name: 'www-authenticate', value: `Digest realm="r", nonce="${nonce}", qop="auth"${more}` }];
}

function parameter(fields: readonly HeaderField[], name: string): string | undefined {
  return new RegExp(`\\b${name}="?([^",]*)`).exec(fields[0]?.value ?? '')?.[1];
}

describe('createDigestSession', () => {
  it('sends nothing ahead before a challenge, and only where it was challenged', () => {
    const session = open();
    const attempt = session.startAttempt();
    expect(session.fieldsFor(HOME, TARGET, attempt)).toEqual([]);
    expect(session.challenged(HOME, challenge('n1'), attempt)).toEqual({ kind: 'retry' });
    expect(session.fieldsFor({ origin: 'https://elsewhere.test', proxy: '' }, TARGET, attempt)).toEqual([]);
    const fields = session.fieldsFor(HOME, TARGET, attempt);
    const cnonce = parameter(fields, 'cnonce') ?? '';
    const response = digestResponse({
      ...TARGET,
      algorithm: 'MD5',
      qop: 'auth',
      user: 'alice',
      realm: 'r',
      password: 'secret',
      nonce: 'n1',
      cnonce,
      nonceCount: 1,
    });
    expect(fields).toEqual([
      {
        name: 'Authorization',
        value: `Digest username="alice", realm="r", nonce="n1", uri="/doc", response="${response}", algorithm=MD5, cnonce="${cnonce}", qop=auth, nc=00000001`,
      },
    ]);
  });

  it('goes on with nextnonce and starts its count anew', () => {
    const session = open();
    const attempt = session.startAttempt();
    session.challenged(HOME, challenge('n1'), attempt);
    session.fieldsFor(HOME, TARGET, attempt);
    expect(session.accepted(HOME, [{ name: 'Authentication-Info', value: 'nextnonce="n2", qop=auth' }], TARGET.body, attempt)).toBe(true);
    const next = session.fieldsFor(HOME, TARGET, session.startAttempt());
    expect([parameter(next, 'nonce'), parameter(next, 'nc')]).toEqual(['n2', '00000001']);
  });

  it.each([
    ['MD5', false],
    ['SHA-256', false],
    ['MD5-sess', true],
    ['SHA-512-256-sess', true],
  ])('%s keeps its cnonce as long as its nonce: %s', (algorithm, keeps) => {
    const session = open();
    const attempt = session.startAttempt();
    const cnonces: (string | undefined)[] = [];
    const answer = (): void => void cnonces.push(parameter(session.fieldsFor(HOME, TARGET, session.startAttempt()), 'cnonce'));
    session.challenged(HOME, challenge('n1', `, algorithm=${algorithm}`), attempt);
    answer();
    answer();
    session.challenged(HOME, challenge('n2', `, algorithm=${algorithm}`), attempt);
    answer();
    const [first, second, third] = cnonces;
    expect([first !== undefined && first !== '', first === second, second === third]).toEqual([true, keeps, false]);
  });

  it('believes rspauth only from who knows the password', () => {
    const session = open();
    const attempt = session.startAttempt();
    session.challenged(HOME, challenge('n1'), attempt);
    session.fieldsFor(HOME, TARGET, attempt);
    const answer = attempt.lastAnswers.get('Authorization');
    if (answer === undefined) throw new Error('no answer');
    const body = new TextEncoder().encode('document');
    const info = (rspauth: string): HeaderField[] => [{ name: 'authentication-info', value: `rspauth="${rspauth}", qop=auth` }];
    expect(session.accepted(HOME, info(digestResponse({ ...answer, method: '', body })), body, attempt)).toBe(true);
    expect(session.accepted(HOME, info('0'.repeat(32)), body, attempt)).toBe(false);
    // What was right for one request is replayed for the next.
    const next = session.startAttempt();
    session.fieldsFor(HOME, TARGET, next);
    expect(session.accepted(HOME, info(digestResponse({ ...answer, method: '', body })), body, next)).toBe(false);
  });

  it('does not follow a server that says stale for ever', () => {
    const session = open();
    const attempt = session.startAttempt();
    const verdicts: string[] = [];
    for (let round = 0; round < 6; round++) {
      verdicts.push(session.challenged(HOME, challenge(`n${round}`, ', stale=true'), attempt).kind);
      session.fieldsFor(HOME, TARGET, attempt);
    }
    expect(verdicts).toEqual(['retry', 'retry', 'retry', 'retry', 'refused', 'refused']);
  });

  it.each([
    ['SHA-256', 'MD5', 'refused'],
    ['SHA-512-256', 'SHA-256', 'refused'],
    ['SHA-256', 'SHA-256', 'retry'],
    ['MD5', 'SHA-256', 'retry'],
  ])('after an answer with %s a challenge with %s is: %s', (first, second, verdict) => {
    const session = open();
    const attempt = session.startAttempt();
    session.challenged(HOME, challenge('n1', `, algorithm=${first}`), attempt);
    session.fieldsFor(HOME, TARGET, attempt);
    expect(session.challenged(HOME, challenge('n2', `, algorithm=${second}, stale=true`), attempt).kind).toBe(verdict);
  });

  it('a server may change to a weaker algorithm between two requests', () => {
    const session = open();
    const first = session.startAttempt();
    session.challenged(HOME, challenge('n1', ', algorithm=SHA-256'), first);
    session.fieldsFor(HOME, TARGET, first);
    const second = session.startAttempt();
    session.fieldsFor(HOME, TARGET, second);
    expect(session.challenged(HOME, challenge('n2'), second)).toEqual({ kind: 'retry' });
  });

  it('says which realm it has nothing for', () => {
    const session = open();
    const fields = [{ name: 'WWW-Authenticate', value: 'Digest realm="other", nonce="n"' }];
    expect(session.challenged(HOME, fields, session.startAttempt())).toEqual({
      kind: 'refused',
      realm: 'other',
      reason: 'no credentials for this realm',
    });
    expect(session.challenged(HOME, [], session.startAttempt())).toEqual({
      kind: 'refused',
      realm: '',
      reason: 'no challenge that can be answered',
    });
  });
});
