// A throw-away authority and certificates for the development server: a good one, and two that a client has to refuse.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const DAYS = '30';

/** Writes ca.pem, server.pem/.key, wrong-host.pem/.key and self-signed.pem/.key to `folder`. */
export function makeCertificates(folder: string, domain: string, host: string): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  };
  openssl('req', '-x509', ...NEW_KEY, '-days', DAYS, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Development authority',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'); // prettier-ignore
  const signed = (name: string, names: string): void => {
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', 'request', '-subj', `/CN=${domain}`);
    openssl('x509', '-req', '-in', 'request', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', DAYS, '-out', `${name}.pem`,
      '-extfile', 'extensions'); // prettier-ignore
  };
  const known = ['', 'sip.', 'xcap.'].map((prefix) => `DNS:${prefix}${domain}`).join(',');
  signed('server', `${known},DNS:localhost,IP:${host},URI:sip:${domain}`);
  signed('wrong-host', 'DNS:wrong.invalid');
  openssl('req', '-x509', ...NEW_KEY, '-days', DAYS, '-keyout', 'self-signed.key', '-out', 'self-signed.pem', '-subj', `/CN=${domain}`,
    '-addext', `subjectAltName=DNS:${domain},IP:${host}`); // prettier-ignore
  for (const leftOver of ['request', 'extensions', 'ca.srl']) rmSync(join(folder, leftOver), { force: true });
}
