// The text of an HTML message, for reading only: no markup, no link, no script survives. One pass, linear in the input.

/** Their contents are for machines. */
const HIDDEN: ReadonlySet<string> = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'svg',
  'math',
  'object',
  'select',
]);
/** A line of its own. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...['address', 'article', 'blockquote', 'br', 'center', 'dd', 'div', 'dl', 'dt', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  ...['header', 'hr', 'li', 'main', 'ol', 'p', 'pre', 'section', 'table', 'tr', 'ul'],
]);
/** The names that people's programs write; others stay as they are. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', shy: '', copy: '©', reg: '®', trade: '™', hellip: '…' },
  ...{ mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', bull: '•', middot: '·', euro: '€' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç' },
};
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/g;
const TAG = /^<(\/?)([A-Za-z][A-Za-z0-9]*)/;
/** Longest beginning of a tag that is looked at for its name. */
const TAG_NAME_LIMIT = 40;
const LAST_CODE_POINT = 0x10ffff;

/** Never fails: what is no markup is text. */
export function htmlToText(html: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    pieces.push(readableText(html.slice(at, open)));
    const tag = readTag(html, open);
    pieces.push(tag.text);
    at = tag.end;
  }
  pieces.push(readableText(html.slice(at)));
  // WHY runs of spaces first: looked for around a line break, each of their spaces would begin a search to the end of its run.
  return pieces
    .join('')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(/[ \t]?\n[ \t]?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

interface Tag {
  /** What stands in its place. */
  readonly text: string;
  /** Where the text goes on. */
  readonly end: number;
}

function readTag(html: string, open: number): Tag {
  if (html.startsWith('<!--', open)) return { text: '', end: after(html, '-->', open + 4) };
  const match = TAG.exec(html.slice(open, open + TAG_NAME_LIMIT));
  if (match === null) {
    const isMarkup = html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/';
    return isMarkup ? { text: '', end: after(html, '>', open) } : { text: '<', end: open + 1 };
  }
  const name = (match[2] ?? '').toLowerCase();
  const end = tagEnd(html, open);
  if (match[1] === '' && HIDDEN.has(name)) return { text: ' ', end: closingTagEnd(html, name, end) };
  if (name === 'li' && match[1] === '') return { text: '\n• ', end };
  if (name === 'td' || name === 'th') return { text: ' ', end };
  return { text: BLOCKS.has(name) ? '\n' : '', end };
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

/** Behind the `>` that is in no attribute's value. */
function tagEnd(html: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < html.length; at++) {
    const character = html[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return html.length;
}

/** Everything to the end when it is never closed, as browsers do with scripts. */
function closingTagEnd(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}[\\s>/]`, 'gi');
  closing.lastIndex = from;
  const found = closing.exec(html);
  return found === null ? html.length : after(html, '>', found.index);
}

function readableText(text: string): string {
  return text
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(ENTITY, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code === 0 || code > LAST_CODE_POINT ? '' : String.fromCodePoint(code).toWellFormed();
    });
}
