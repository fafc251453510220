// Which files the page may be given: only those inside its folder, however the address is written.
import fc from 'fast-check';
import { sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isPageUrl, pageFile } from '../../../main/shell/page-address.ts';

const folder = '/opt/app/dist/renderer';

describe('pageFile', () => {
  test.each([
    ['app://watchword/index.html', `${folder}/index.html`],
    ['app://watchword/', `${folder}/index.html`],
    ['app://watchword/assets/a%20b.js?x=1#y', `${folder}/assets/a b.js`],
    ['app://watchword/../../main/main.js', `${folder}/main/main.js`],
  ])('%s is %s', (url, file) => {
    expect(pageFile(url, folder)).toBe(file);
  });

  test.each([
    'app://watchword/%2e%2e%2f%2e%2e%2fmain/main.js',
    'app://watchword/..%2fmain.js',
    'app://watchword/a%00.js',
    'app://watchword/..%5c..%5cmain.js',
    'app://watchword/%ff',
    'app://other/index.html',
    'app://user@watchword/index.html',
    'https://watchword/index.html',
    'file:///etc/passwd',
    'not an address',
    `app://watchword/${'a'.repeat(3_000)}`,
  ])('%s is nothing', (url) => {
    expect(pageFile(url, folder)).toBeUndefined();
  });

  test('nothing leads outside of the folder', () => {
    const piece = fc.constantFrom('..', '.', '%2e%2e', '%2E.', '%2f', '/', '\\', '%5c', 'a', 'index.html', '%00', ' ', '//', '%252e');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const file = pageFile(`app://watchword/${pieces.join('/')}`, folder);
        expect(file === undefined || file.startsWith(folder + sep)).toBe(true);
      }),
    );
  });
});

test('only our own scheme and host are the page', () => {
  const urls = ['app://watchword/x', 'app://watchword.evil/x', 'https://watchword/', 'app://', ''];
  expect(urls.map(isPageUrl)).toEqual([true, false, false, false, false]);
});
