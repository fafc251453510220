// The XML tree that wire documents are read from: immutable, namespace-aware, with source offsets (XML 1.0, Namespaces 1.0).

export interface XmlAttribute {
  readonly local: string;
  /** Namespace URI; '' for an attribute without a prefix. */
  readonly namespace: string;
  readonly value: string;
}

/**
 * One element. Offsets count UTF-16 units of the source text (see `XmlDocument.text`):
 * `source.slice(start, end)` is the whole element, `source.slice(contentStart, contentEnd)` what is between its tags.
 * For `<a/>` both content offsets equal `end`.
 */
export interface XmlElement {
  readonly local: string;
  /** Namespace URI, '' for none. */
  readonly namespace: string;
  /** The prefix as written, '' for none. */
  readonly prefix: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The element's own character content (CDATA included, comments and children left out), as written. */
  readonly text: string;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
  /** Prefixes in scope, '' for the default namespace. */
  readonly namespaces: ReadonlyMap<string, string>;
}

export interface XmlDocument {
  readonly kind: 'ok';
  readonly root: XmlElement;
  /** The decoded source, without a byte order mark: what the offsets count in. */
  readonly text: string;
}

/** Why text is not the document it should be. `offset` counts UTF-16 units of the source (bytes where it could not be decoded). */
export interface DocumentFailure {
  readonly kind: 'failure';
  readonly reason: string;
  readonly offset: number;
}
