// Content by reference: which addresses are taken, and that everything is bounded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitParameters } from '../../../../main/simple/header-value.ts';
import { readReference } from '../../../../main/simple/page-mode/read-reference.ts';

const read = (type: string, body = ''): unknown => readReference(new TextEncoder().encode(body), splitParameters(type));

it('reads what RFC 4483 writes', () => {
  const type =
    'message/external-body; ACCESS-TYPE="URL"; URL="https://files.example.org/a%20b.png";\r\n EXPIRATION="Mon, 24 June 2030 09:00:00 GMT"; SIZE=4711';
  expect(read(type, 'Content-Type: image/PNG; x=y\r\nContent-Disposition: inline;\r\n filename="../pic.png"\r\n\r\n')).toEqual({
    url: 'https://files.example.org/a%20b.png',
    contentType: 'image/png',
    sizeBytes: 4711,
    expiresAtMs: Date.UTC(2030, 5, 24, 9),
    name: '.._pic.png',
  });
});

it('says nothing where nothing was said', () => {
  expect(read('message/external-body;access-type=URL;URL="http://files.example.org/"')).toEqual({
    url: 'http://files.example.org/',
    contentType: '',
    sizeBytes: undefined,
    expiresAtMs: undefined,
    name: 'files.example.org',
  });
});

describe('is not taken', () => {
  it.each([
    ['another way', 'message/external-body;access-type=anon-ftp;site=x;name=y'],
    ['no address', 'message/external-body;access-type=URL'],
    ['a file of ours', 'message/external-body;access-type=URL;URL="file:///etc/passwd"'],
    ['with a password', 'message/external-body;access-type=URL;URL="https://a:b@example.org/"'],
    ['too long', `message/external-body;access-type=URL;URL="https://example.org/${'x'.repeat(2_000)}"`],
  ])('%s', (_name, type) => {
    expect(read(type)).toBeUndefined();
  });
});

it('never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (url, body) => {
      read(`message/external-body;access-type=url;url="${url}";size="${body}"`, body);
    }),
  );
});
