// Trigger: a conversation went both ways with somebody whose abilities are not known. Result: they are asked once, and what they say is kept.
// RFC: 3261 §11.
import { headerTexts, parameterValue } from '../sip/index.ts';
import type { Endpoint, SipUri } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { nameOption } from './account-world.ts';
import { abilitiesFromMethods, abilitiesFromTypes, abilitiesOf, learnAbilities } from './peer-abilities.ts';

/** How far back a conversation is looked at for both directions. */
const LOOK_BACK = 20;

/**
 * WHY only after both sides wrote: a program that takes one text and nothing else must not be bothered, and a stranger learns nothing.
 */
export async function askWhenBothWrote(
  world: AccountWorld,
  endpoint: Endpoint,
  peer: { readonly address: string; readonly uri: SipUri; readonly conversationId: string },
): Promise<void> {
  const known = abilitiesOf(world, peer.address);
  if (known.asked !== undefined || known.cpim !== undefined) return;
  const { conversationId } = peer;
  const directions = world.storage.read((db) => store.listDirections(db, { conversationId, limit: LOOK_BACK }));
  if (!directions.includes('in') || !directions.includes('out')) return;
  // Before the answer: two messages at once must not ask twice.
  await learnAbilities(world, peer.address, { asked: false });
  await ask(world, endpoint, peer.address, peer.uri);
}

/** Asks and keeps what is said. Resolves with the option tags of Supported; undefined where nobody could be asked. */
export async function ask(world: AccountWorld, endpoint: Endpoint, address: string, uri: SipUri): Promise<readonly string[] | undefined> {
  const from = { displayName: nameOption(world).displayName, uri: world.uri, parameters: [] };
  const to = { displayName: undefined, uri, parameters: [] };
  const outcome = await endpoint.send({ method: 'OPTIONS', uri, from, to }).outcome;
  if (outcome.kind !== 'final' || outcome.response.status > 299) return undefined;
  const list = (name: string): string[] =>
    headerTexts(outcome.response, name).flatMap((text) => text.split(',').map((item) => (item.split(';')[0] ?? '').trim()));
  const types = list('Accept').map((type) => type.toLowerCase());
  const methods = list('Allow').map((method) => method.toUpperCase());
  await learnAbilities(world, address, {
    asked: true,
    ...(types.length > 0 && abilitiesFromTypes(types)),
    ...(methods.length > 0 && abilitiesFromMethods(methods)),
  });
  return list('Supported').map((tag) => tag.toLowerCase());
}

/** For a URI of a server: the account's own domain. */
export function domainUri(world: AccountWorld): SipUri {
  const transport = parameterValue(world.uri.parameters, 'transport');
  return { ...world.uri, user: undefined, parameters: transport === undefined ? [] : world.uri.parameters };
}
