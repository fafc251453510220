// Why TLS failed, in words that say who must mend what (RFC 5280 §6, RFC 5922 §7, RFC 8446 §6.2).

const NOT_TRUSTED = "the server's certificate is signed by an authority that is not trusted here";
const BROKEN = "the server's certificate is damaged or badly made";
const REVOCATION_UNKNOWN = "whether the server's certificate was revoked cannot be found out";
const NOT_FOR_SERVERS = "the server's certificate is not made for servers";
const NO_TLS = 'the server does not speak TLS there';
const OLD_TLS = 'the server speaks only versions of TLS that are not safe';
const NOTHING_IN_COMMON = 'the server and this program have no way of encryption in common';
const OURS_REFUSED = 'the server does not accept our certificate';
const WEAK = "the server's certificate uses a key or a signature that is too weak";

/** By OpenSSL's and Node's codes; those of a chain are X509_V_ERR_… without the beginning. */
const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet, or this computer's clock is wrong",
  CERT_REVOKED: "the server's certificate was revoked",
  CERT_REJECTED: "the server's certificate is refused by its own authority",
  CERT_SIGNATURE_FAILURE: "the server's certificate was changed after it was signed",
  CERT_CHAIN_TOO_LONG: 'the server sends more certificates than are looked at',
  CERT_UNTRUSTED: NOT_TRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself and not trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server does not send the certificates that lead to a trusted authority',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: BROKEN,
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: BROKEN,
  ERROR_IN_CERT_NOT_BEFORE_FIELD: BROKEN,
  ERROR_IN_CERT_NOT_AFTER_FIELD: BROKEN,
  INVALID_CA: "the server's certificate is signed by one that may sign none",
  PATH_LENGTH_EXCEEDED: "the server's certificate is signed by one that may sign none",
  INVALID_PURPOSE: NOT_FOR_SERVERS,
  HOSTNAME_MISMATCH: "the server's certificate is for another name",
  UNABLE_TO_GET_CRL: REVOCATION_UNKNOWN,
  UNABLE_TO_DECRYPT_CRL_SIGNATURE: REVOCATION_UNKNOWN,
  CRL_SIGNATURE_FAILURE: REVOCATION_UNKNOWN,
  CRL_NOT_YET_VALID: REVOCATION_UNKNOWN,
  CRL_HAS_EXPIRED: REVOCATION_UNKNOWN,
  ERROR_IN_CRL_LAST_UPDATE_FIELD: REVOCATION_UNKNOWN,
  ERROR_IN_CRL_NEXT_UPDATE_FIELD: REVOCATION_UNKNOWN,
  EE_KEY_TOO_SMALL: WEAK,
  CA_KEY_TOO_SMALL: WEAK,
  CA_MD_TOO_WEAK: WEAK,
  ERR_SSL_DH_KEY_TOO_SMALL: WEAK,

  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: OLD_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: OLD_TLS,
  ERR_SSL_VERSION_TOO_LOW: OLD_TLS,
  ERR_SSL_NO_SHARED_CIPHER: NOTHING_IN_COMMON,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NOTHING_IN_COMMON,
  ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE: NOTHING_IN_COMMON,
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: NOTHING_IN_COMMON,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'the server offers other services there, not SIP',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the server does not know the name it was asked for',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: OURS_REFUSED,
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: OURS_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the server says that our certificate has expired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'the server says that our certificate was revoked',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: OURS_REFUSED,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server wants a certificate of ours, and there is none',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'our certificate and its key do not belong together',
  ERR_OSSL_PEM_NO_START_LINE: 'our certificate, its key or the trusted authority is no PEM file',
  ERR_OSSL_PEM_BAD_BASE64_DECODE: 'our certificate, its key or the trusted authority is a damaged PEM file',
};

/** With the code at its end, for whoever knows it. Undefined where the code is not one of TLS; a TLS code without words gives its own text. */
export function tlsReason(code: string, text: string): string | undefined {
  const words = REASONS[code];
  if (words !== undefined) return `${words} (${code})`;
  return isTlsCode(code) ? text : undefined;
}

/** Those whose words say enough, for the test that nothing was forgotten. */
export const TLS_CODES: readonly string[] = Object.keys(REASONS);

function isTlsCode(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH)/.test(code);
}
