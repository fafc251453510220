// The server's side of digest authentication (RFC 3261 §22, RFC 7616): MD5 with qop auth, as a stock registrar does it.
import { createHash } from 'node:crypto';
import type { SipRequest } from '../../../main/sip/index.ts';
import { headerTexts } from '../../../main/sip/index.ts';
import type { Reply } from '../../../main/sip/index.ts';
import type { ServerParts } from './server-state.ts';

export type Checked = { readonly kind: 'user'; readonly address: string } | { readonly kind: 'challenge'; readonly reply: Reply };

const NONCE = 'a nonce of the memory server';

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** The words of one Authorization value. */
export function digestWords(value: string): Map<string, string> {
  const words = new Map<string, string>();
  for (const match of value.matchAll(/([a-z]+)=(?:"([^"]*)"|([^,\s]+))/gi))
    words.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '');
  return words;
}

export function answerFits(words: ReadonlyMap<string, string>, method: string, password: string): boolean {
  const part = (name: string): string => words.get(name) ?? '';
  const first = md5(`${part('username')}:${part('realm')}:${password}`);
  const second = md5(`${method}:${part('uri')}`);
  return part('response') === md5([first, part('nonce'), part('nc'), part('cnonce'), part('qop'), second].join(':'));
}

/** REGISTER is challenged with 401, everything else with 407. */
export function checkDigest({ domain, passwords }: ServerParts, request: SipRequest): Checked {
  const isRegister = request.method === 'REGISTER';
  for (const value of headerTexts(request, isRegister ? 'Authorization' : 'Proxy-Authorization')) {
    const words = digestWords(value);
    const address = `sip:${words.get('username') ?? ''}@${domain}`;
    const password = passwords.get(address);
    if (password !== undefined && words.get('nonce') === NONCE && answerFits(words, request.method, password))
      return { kind: 'user', address };
  }
  const header = {
    name: isRegister ? 'WWW-Authenticate' : 'Proxy-Authenticate',
    value: `Digest realm="${domain}", nonce="${NONCE}", qop="auth"`,
  };
  return { kind: 'challenge', reply: { status: isRegister ? 401 : 407, headers: [header] } };
}
