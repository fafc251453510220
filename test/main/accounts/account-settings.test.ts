// Account settings: what is read from them, and the field each mistake is reported in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { CallFailure } from '../../../app/bridge/failure.ts';
import type { AccountSettings } from '../../../app/domain/account.ts';
import { mergeSettings, readServerSettings } from '../../../main/accounts/account-settings.ts';
import { xcapRootCandidates } from '../../../main/accounts/find-xcap-root.ts';
import { firstHop } from '../../../main/accounts/sign-in.ts';
import { printUri } from '../../../main/sip/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchword-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fieldOf(settings: AccountSettings): string | undefined {
  try {
    readServerSettings(settings);
    return undefined;
  } catch (error) {
    if (error instanceof CallFailure && error.failure.kind === 'invalid-input') return error.failure.field;
    throw error;
  }
}

describe('mistakes', () => {
  const empty = join(folder, 'empty.pem');
  writeFileSync(empty, 'nothing here');
  const huge = join(folder, 'huge.pem');
  writeFileSync(huge, `${'x'.repeat(4_000_000)}${rootCertificates[0] ?? ''}`);
  const broken = join(folder, 'broken.pem');
  writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
  it.each<[AccountSettings, string]>([
    [{ outboundProxy: 'http://proxy.example.org' }, 'outboundProxy'],
    [{ outboundProxy: 'sip:proxy.example.org:99999' }, 'outboundProxy'],
    [{ outboundProxy: 'sip:proxy.example.org;transport=pigeon' }, 'outboundProxy'],
    [{ xcapRoot: 'xcap.example.org' }, 'xcapRoot'],
    [{ xcapRoot: 'ftp://xcap.example.org/' }, 'xcapRoot'],
    [{ xcapRoot: 'https://ada:secret@xcap.example.org/' }, 'xcapRoot'],
    [{ caFile: join(folder, 'missing.pem') }, 'caFile'],
    [{ caFile: folder }, 'caFile'],
    [{ caFile: '/dev/zero' }, 'caFile'],
    [{ caFile: huge }, 'caFile'],
    [{ caFile: empty }, 'caFile'],
    [{ caFile: broken }, 'caFile'],
  ])('%j', (settings, field) => {
    expect(fieldOf(settings)).toBe(field);
  });
});

describe('what is right', () => {
  it('is read', () => {
    const { outboundProxy, ...rest } = readServerSettings({
      outboundProxy: 'proxy.example.org:5070;transport=tcp',
      xcapRoot: 'https://xcap.example.org/root//',
      transport: 'udp',
    });
    expect({ proxy: outboundProxy === undefined ? '' : printUri(outboundProxy), rest }).toEqual({
      proxy: 'sip:proxy.example.org:5070;transport=tcp',
      rest: { xcapRoot: 'https://xcap.example.org/root', transport: 'udp', caPem: undefined },
    });
  });

  it('is merged: absent keeps, empty clears', () => {
    expect(
      mergeSettings(
        { displayName: 'Ada', authUser: 'ada', xcapRoot: 'https://x/' },
        { displayName: ' Countess ', authUser: '', transport: 'tcp' },
      ),
    ).toEqual({
      displayName: 'Countess',
      xcapRoot: 'https://x/',
      transport: 'tcp',
    });
  });

  it('leads everything through the account’s own server', () => {
    const uri = {
      kind: 'sip',
      scheme: 'sip',
      user: 'ada',
      password: undefined,
      host: 'example.org',
      port: undefined,
      parameters: [],
      headers: [],
    } as const;
    const hop = (settings: AccountSettings): string => printUri(firstHop({ uri, server: readServerSettings(settings) }));
    expect([hop({}), hop({ transport: 'tcp' }), hop({ outboundProxy: 'sip:192.0.2.1:5070;transport=udp', transport: 'tcp' })]).toEqual([
      'sip:example.org',
      'sip:example.org;transport=tcp',
      'sip:192.0.2.1:5070;transport=udp',
    ]);
  });

  it('looks for documents only over TLS, and nowhere under a bare address', () => {
    expect([
      xcapRootCandidates('http://127.0.0.1:1/x', 'a.b'),
      xcapRootCandidates(undefined, 'Example.ORG'),
      xcapRootCandidates(undefined, '[::1]'),
    ]).toEqual([['http://127.0.0.1:1/x'], ['https://xcap.example.org/xcap-root', 'https://example.org/xcap-root'], []]);
  });
});

it('makes a transport that is given as empty automatic again', () => {
  expect(mergeSettings({ transport: 'tls', displayName: 'Ada' }, { transport: '' })).toEqual({ displayName: 'Ada' });
});
