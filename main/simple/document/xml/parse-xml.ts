// Reading hostile XML into a small tree with source offsets (XML 1.0, Namespaces 1.0; what SIP bodies need, nothing else).
import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { DocumentFailure, XmlAttribute, XmlDocument, XmlElement } from './element.ts';

/** What one document may be at most. Characters are UTF-16 units. */
export interface XmlBounds {
  readonly characters: number;
  readonly elements: number;
}

/** For bodies that came with SIP: no honest presence document comes near, and one parse stays within milliseconds. */
export const BODY_XML_BOUNDS: XmlBounds = { characters: 262_144, elements: 4_000 };
/** For documents of one's own server and for list notifications: ten thousand contacts fit. */
export const LARGE_XML_BOUNDS: XmlBounds = { characters: 4_194_304, elements: 60_000 };

const MAX_DEPTH = 40; // the deepest real documents (nested lists, RPID in PIDF) stay under 12
const MAX_ATTRIBUTES = 40; // per element, declarations of namespaces included; real ones have a dozen
const MAX_PREFIXES = 64; // in scope at one place, which each element with declarations of its own copies; real documents have a dozen
const BYTE_ORDER_MARK = '\uFEFF';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** Thrown inside the parser callbacks only, and caught in `parseXml`: the one way to stop saxes at once. */
class Refusal extends Error {}

interface OpenElement {
  readonly tag: SaxesTagNS;
  readonly start: number;
  contentStart: number;
  attributes: readonly XmlAttribute[];
  namespaces: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly text: string[];
}

/**
 * Reads a document. SECURITY: document type declarations, entities beyond the five of XML, processing instructions
 * and whatever exceeds the bounds are refused; nothing is ever fetched or expanded. Never throws.
 */
export function parseXml(source: string | Uint8Array, bounds: XmlBounds = BODY_XML_BOUNDS): XmlDocument | DocumentFailure {
  // WHY: a character is at least one byte, so this also bounds what is decoded (×3 for UTF-8 text beyond ASCII).
  if (source.length > bounds.characters * (typeof source === 'string' ? 1 : 3)) return tooLong(bounds);
  const decoded = typeof source === 'string' ? source : decode(source);
  if (typeof decoded !== 'string') return decoded;
  const text = decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
  if (text.length > bounds.characters) return tooLong(bounds);
  // XML 1.0 §2.2: half of a pair is no character. WHY here: one at the very end of a CDATA section makes the parser below throw.
  if (!text.isWellFormed()) return { kind: 'failure', reason: 'a character is broken', offset: brokenAt(text) };
  const reader = new TreeReader(text, bounds);
  try {
    return { kind: 'ok', root: reader.read(), text };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'failure', reason: error.message, offset: Math.min(reader.offset, text.length) };
    throw error;
  }
}

/** Where the first half of a pair stands alone. */
function brokenAt(text: string): number {
  return Math.max(0, text.search(/\p{Surrogate}/u));
}

function tooLong(bounds: XmlBounds): DocumentFailure {
  return { kind: 'failure', reason: `longer than ${bounds.characters} characters`, offset: bounds.characters };
}

/** UTF-8 with or without byte order mark; everything else is named and refused. */
function decode(bytes: Uint8Array): string | DocumentFailure {
  const [first, second] = bytes;
  const isUtf16 =
    (first === 0xfe && second === 0xff) ||
    (first === 0xff && second === 0xfe) ||
    (first === 0 && second === 0x3c) ||
    (first === 0x3c && second === 0);
  if (isUtf16) return { kind: 'failure', reason: 'UTF-16 is not supported, only UTF-8', offset: 0 };
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: 'failure', reason: 'not UTF-8', offset: 0 };
  }
}

class TreeReader {
  private readonly source: string;
  private readonly bounds: XmlBounds;
  private readonly open: OpenElement[] = [];
  private readonly parser = new SaxesParser({ xmlns: true, position: true });
  private root: XmlElement | undefined;
  private elementCount = 0;
  private attributeCount = 0;

  constructor(source: string, bounds: XmlBounds) {
    this.source = source;
    this.bounds = bounds;
  }

  get offset(): number {
    return this.parser.position;
  }

  read(): XmlElement {
    const parser = this.parser;
    parser.on('error', (error) => refuse(error.message.replace(/^\d+:\d+: /, '')));
    parser.on('doctype', () => refuse('a document type declaration is not allowed'));
    parser.on('processinginstruction', () => refuse('processing instructions are not allowed'));
    parser.on('xmldecl', ({ version, encoding }) => {
      if (version !== undefined && version !== '1.0') refuse(`XML ${version} is not supported`);
      if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) refuse(`encoding ${encoding} is not supported, only UTF-8`);
    });
    parser.on('opentagstart', (tag) => this.openTagStarted(tag as SaxesTagNS));
    parser.on('attribute', () => this.countAttribute());
    parser.on('opentag', (tag) => this.tagOpened(tag));
    parser.on('text', (text) => this.open.at(-1)?.text.push(text));
    parser.on('cdata', (text) => this.open.at(-1)?.text.push(text));
    parser.on('closetag', (tag) => this.tagClosed(tag));
    // WHY: a declaration may only be refused once it is complete, and an unfinished one can be a megabyte long.
    if (/^(?:\s|<\?[^>]*>|<!--[^>]*-->)*<!DOCTYPE/.test(this.source.slice(0, 2048))) refuse('a document type declaration is not allowed');
    parser.write(this.source).close();
    return this.root ?? refuse('no element');
  }

  private openTagStarted(tag: SaxesTagNS): void {
    this.elementCount += 1;
    this.attributeCount = 0;
    if (this.elementCount > this.bounds.elements) refuse(`more than ${this.bounds.elements} elements`);
    if (this.open.length >= MAX_DEPTH) refuse(`nested deeper than ${MAX_DEPTH} elements`);
    // The parser has just passed the tag's name, and a name holds no '<'.
    const start = this.source.lastIndexOf('<', this.parser.position - 1);
    this.open.push({ tag, start, contentStart: start, attributes: [], namespaces: NO_NAMESPACES, children: [], text: [] });
  }

  private countAttribute(): void {
    this.attributeCount += 1;
    if (this.attributeCount > MAX_ATTRIBUTES) refuse(`more than ${MAX_ATTRIBUTES} attributes`);
  }

  private tagOpened(tag: SaxesTagNS): void {
    const element = this.open.at(-1);
    if (element === undefined) return;
    element.contentStart = this.parser.position;
    element.attributes = Object.values(tag.attributes)
      .filter((attribute) => attribute.uri !== XMLNS)
      .map(({ local, uri, value }) => ({ local, namespace: uri, value }));
    element.namespaces = withDeclarations(this.open.at(-2)?.namespaces ?? NO_NAMESPACES, tag.ns);
  }

  private tagClosed(tag: SaxesTagNS): void {
    const open = this.open.pop();
    if (open === undefined) return;
    const end = this.parser.position;
    const element: XmlElement = {
      local: tag.local,
      namespace: tag.uri,
      prefix: tag.prefix,
      attributes: open.attributes,
      children: open.children,
      text: open.text.join(''),
      start: open.start,
      contentStart: open.contentStart,
      contentEnd: tag.isSelfClosing ? end : this.source.lastIndexOf('</', end - 1),
      end,
      namespaces: open.namespaces,
    };
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
  }
}

const NO_NAMESPACES: ReadonlyMap<string, string> = new Map();

function withDeclarations(outer: ReadonlyMap<string, string>, declared: Record<string, string> | undefined): ReadonlyMap<string, string> {
  const entries = Object.entries(declared ?? {});
  if (entries.length === 0) return outer;
  if (outer.size + entries.length > MAX_PREFIXES) refuse(`more than ${MAX_PREFIXES} prefixes`);
  return new Map([...outer, ...entries]);
}

function refuse(reason: string): never {
  throw new Refusal(reason);
}
