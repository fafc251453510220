// Reading attributes, and the direction of a stream (RFC 3264 §5.1, §6.1, RFC 8866 §6.7).
import type { SdpAttribute, SdpMedia, SessionDescription } from './description.ts';

/** The first value of that name; undefined when absent; '' for a flag. E.g. `attributeText(media.attributes, 'path')` (RFC 4975 §8). */
export function attributeText(attributes: readonly SdpAttribute[], name: string): string | undefined {
  const found = attributes.find((attribute) => attribute.name === name);
  return found === undefined ? undefined : (found.value ?? '');
}

/** The words of a value that is a list, e.g. of `accept-types`; empty when absent. */
export function attributeWords(attributes: readonly SdpAttribute[], name: string): readonly string[] {
  return (attributeText(attributes, name) ?? '').split(' ').filter((word) => word !== '');
}

/** The attributes with this one instead of those of its name, in the place of the first. */
export function withAttribute(attributes: readonly SdpAttribute[], name: string, value: string | undefined): readonly SdpAttribute[] {
  const at = attributes.findIndex((attribute) => attribute.name === name);
  const others = attributes.filter((attribute) => attribute.name !== name);
  return at < 0 ? [...others, { name, value }] : [...others.slice(0, at), { name, value }, ...others.slice(at)];
}

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTIONS: readonly SdpDirection[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** What an answer may say to an offered direction, the widest first (RFC 3264 §6.1). */
export const ANSWER_DIRECTIONS: Readonly<Record<SdpDirection, readonly SdpDirection[]>> = {
  sendrecv: DIRECTIONS,
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
};

/** The medium's own direction, else the session's, else both ways. */
export function directionOf(media: SdpMedia, description: Pick<SessionDescription, 'attributes'>): SdpDirection {
  return ownDirection(media.attributes) ?? ownDirection(description.attributes) ?? 'sendrecv';
}

/** The attributes of a medium that goes this direction. */
export function withDirection(attributes: readonly SdpAttribute[], direction: SdpDirection): readonly SdpAttribute[] {
  const others = attributes.filter(({ name }) => !DIRECTIONS.some((one) => one === name));
  return [...others, { name: direction, value: undefined }];
}

function ownDirection(attributes: readonly SdpAttribute[]): SdpDirection | undefined {
  return DIRECTIONS.find((direction) => attributes.some(({ name }) => name === direction));
}
