// Who is meant by what was typed: an address; for an account without a server also a place, where somebody may say who they are.
import type { Address } from '../../app/domain/address.ts';
import { addressInput } from './call-input.ts';
import type { OpenAccount } from './open-account.ts';

/** Throws CallFailure with the field at fault. */
export async function whoIsMeant(
  { nearby }: Pick<OpenAccount, 'nearby'>,
  text: string,
  field = 'address',
): Promise<{ readonly address: Address; readonly display?: string }> {
  return nearby === undefined ? addressInput(text, field) : nearby.resolve(text, field);
}
