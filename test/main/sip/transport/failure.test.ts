// Failures of the system and of TLS in words: every code has a cause, and the words say who must mend what.
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../main/sip/transport/failure.ts';
import { TLS_CODES } from '../../../../main/sip/transport/tls-reasons.ts';

const error = (code: string, text = 'the system’s text'): Error => Object.assign(new Error(text), { code });

describe('failureOf', () => {
  it.each([
    ['ENOTFOUND', 'name-not-found'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'refused'],
    ['EPIPE', 'closed'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'unreachable'],
    ['EMSGSIZE', 'too-large'],
    ['EWHATEVER', 'unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_SOMETHING_NEW', 'tls'],
  ])('%s is %s, in the system’s own text', (code, cause) => {
    expect(failureOf(error(code))).toEqual({ kind: 'failed', cause, reason: 'the system’s text' });
  });

  it.each([
    ['CERT_HAS_EXPIRED', "the server's certificate has expired"],
    ['CERT_NOT_YET_VALID', "the server's certificate is not valid yet, or this computer's clock is wrong"],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', "the server's certificate is signed by itself and not trusted here"],
    ['SELF_SIGNED_CERT_IN_CHAIN', "the server's certificate is signed by an authority that is not trusted here"],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the server does not send the certificates that lead to a trusted authority'],
    ['CERT_REVOKED', "the server's certificate was revoked"],
    ['INVALID_PURPOSE', "the server's certificate is not made for servers"],
    ['CA_MD_TOO_WEAK', "the server's certificate uses a key or a signature that is too weak"],
    ['EPROTO', 'the server does not speak TLS there'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS there'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'the server speaks only versions of TLS that are not safe'],
    ['ERR_SSL_NO_SHARED_CIPHER', 'the server and this program have no way of encryption in common'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server wants a certificate of ours, and there is none'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the server does not accept our certificate'],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'our certificate and its key do not belong together'],
  ])('%s: %s', (code, words) => {
    expect(failureOf(error(code))).toEqual({ kind: 'failed', cause: 'tls', reason: `${words} (${code})` });
  });

  it('has words and the code for everything it knows', () => {
    for (const code of TLS_CODES) {
      const { cause, reason } = failureOf(error(code));
      expect([cause, /^(the|our|whether) .+ \([A-Z0-9_]+\)$/.test(reason)], code).toEqual(['tls', true]);
    }
  });

  it('says when we gave up waiting, and takes whatever was thrown', () => {
    expect(failureOf(error('ABORT_ERR'), true)).toEqual({
      kind: 'failed',
      cause: 'unreachable',
      reason: 'no answer to the connection attempt',
    });
    expect(failureOf('nonsense')).toEqual({ kind: 'failed', cause: 'unreachable', reason: 'nonsense' });
  });
});
