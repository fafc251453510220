// HTML as its text only: what is kept, what is not, and that nothing makes it slow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToText } from '../../../../main/simple/page-mode/html-to-text.ts';

describe('keeps', () => {
  it.each<[string, string, string]>([
    ['plain text', 'just words', 'just words'],
    ['text of elements', '<p>Hello <b>Bob</b>!</p>', 'Hello Bob!'],
    ['lines', 'one<br>two<br/>three<div>four</div><p>five</p>', 'one\ntwo\nthree\nfour\n\nfive'],
    ['lists and cells', '<ul><li>a</li><li>b</li></ul><tr><td>1</td><td>2</td></tr>', '• a\n\n• b\n\n1 2'],
    ['entities', '1 &lt; 2 &amp;&amp; &quot;x&quot; &#8364; &#x1F600; &nbsp;&auml; &nosuch;', '1 < 2 && "x" € 😀 ä &nosuch;'],
    ['white space as browsers do', '  a \n\t b  ', 'a b'],
    ['what stands in many cells', `a${'<td>'.repeat(200_000)}<br>${'<th>'.repeat(200_000)}b`, 'a\nb'],
    ['what is no tag', 'a < b and 5 <3', 'a < b and 5 <3'],
  ])('%s', (_name, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });
});

describe('drops', () => {
  it.each<[string, string, string]>([
    ['scripts', 'a<script>alert("<b>")</script>b', 'a b'],
    ['scripts without an end', 'a<script>alert(1)', 'a'],
    ['styles and titles', '<head><title>t</title><style>p{}</style></head>x', 'x'],
    ['comments', 'a<!-- <b>no</b> -->b<!-- open', 'ab'],
    ['attributes with >', '<a title="1 > 0" onclick=\'x>y\'>link</a>', 'link'],
    ['images and links', '<img src="http://x/y.png" onerror=alert(1)><a href="javascript:x">go</a>', 'go'],
    ['impossible characters', '&#0;&#xD800;&#x110000;', '\ufffd'],
    ['declarations', '<!DOCTYPE html><?xml version="1.0"?>x', 'x'],
  ])('%s', (_name, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });
});

it('never fails, and leaves no tag of what it reads as one', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '<b>',
    '</b',
    '<script>',
    '</script >',
    '"',
    "'",
    '<!--',
    '-->',
    '&',
    '&lt;',
    '&#60;',
    'x',
    '\n',
    '\ud83d',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(htmlToText(pieces.join(''))).not.toMatch(/\n{3}| {2}/);
    }),
  );
});
