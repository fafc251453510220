// Decodes text by its charset parameter (RFC 3428 §7: UTF-8 where none is named).

type Decoder = (bytes: Uint8Array) => string;

const decodeUtf8: Decoder = (bytes) => new TextDecoder('utf-8').decode(bytes);

/** Each byte is the code point; US-ASCII with high bytes is read so too, rather than refused. */
const decodeLatin1: Decoder = (bytes) => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** WHY: many who say US-ASCII send UTF-8, and every US-ASCII text is UTF-8. */
const DECODER_BY_CHARSET: Readonly<Record<string, Decoder>> = {
  '': decodeUtf8,
  'utf-8': decodeUtf8,
  utf8: decodeUtf8,
  'us-ascii': decodeUtf8,
  ascii: decodeUtf8,
  'iso-8859-1': decodeLatin1,
  latin1: decodeLatin1,
};

/** The text; undefined for a charset we do not know. Broken bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  const name = charset.trim().toLowerCase();
  return Object.hasOwn(DECODER_BY_CHARSET, name) ? DECODER_BY_CHARSET[name]?.(bytes) : undefined;
}
