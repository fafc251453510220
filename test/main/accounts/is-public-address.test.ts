// Which addresses content may be fetched from without asking.
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../main/accounts/is-public-address.ts';

describe('not the public internet', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['255.255.255.255', '198.18.0.1', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:10.0.0.1'],
    ...['::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001:0:4136:e378::', 'localhost', 'example.org', '', '1.2.3', '0x7f.1'],
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the public internet', () => {
  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:4860:4860::8888'])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});
