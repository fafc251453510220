// Numeric addresses as bytes and as text without zone (RFC 4291 §2.2).

/** The address without its zone: zones mean nothing on another computer (RFC 4007 §11.2). */
export function withoutZone(address: string): string {
  return address.split('%')[0] ?? address;
}

/** `%eth0` of `fe80::1%eth0`, or nothing. */
export function zoneOf(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? '' : address.slice(at);
}

/** 4 or 16 bytes; what is no address gives zeros. */
export function encode(address: string): Uint8Array {
  const plain = withoutZone(address);
  if (!plain.includes(':')) return Uint8Array.from({ length: 4 }, (_, index) => Number(plain.split('.')[index] ?? 0) & 0xff);
  const [head = '', tail] = plain.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  bytes.set(front.slice(0, 16));
  bytes.set(back.slice(0, 16), Math.max(0, 16 - back.length));
  return bytes;
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map((part) => Number(part) & 0xff);
    const value = Number.parseInt(group, 16) || 0;
    return [(value >> 8) & 0xff, value & 0xff];
  });
}
