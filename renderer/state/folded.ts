// Text as it is compared when people look for something: without case and accents.

const ASCII = /^[ -~]*$/u;

export function folded(text: string): string {
  // WHY: most names are plain, and ten thousand are folded at the start.
  return ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
