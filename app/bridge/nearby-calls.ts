// The part of the contract about people on the same network: who is there, and whose keys are trusted.
import * as v from 'valibot';
import { nearbyPeerSchema, networkInterfaceSchema } from '../domain/nearby.ts';
import { addressInput, idInput, nothing, shortTextInput } from './input.ts';

/** A computer has fewer addresses. */
const INTERFACES_LIMIT = 64;
const HIGHEST_PORT = 65_535;

/** For TCP and UDP; TLS takes the next free one after it. */
const port = v.pipe(v.number(), v.integer(), v.maxValue(HIGHEST_PORT));
/** Addresses of this computer; none: all but point-to-point. */
const interfaces = v.optional(v.pipe(v.array(shortTextInput), v.maxLength(INTERFACES_LIMIT)));

/** Without a port any free one is taken, and kept from then on. */
export const addNearbyAccount = v.object({
  kind: v.literal('nearby'),
  displayName: shortTextInput,
  listenPort: v.optional(v.pipe(port, v.minValue(1))),
  interfaces,
});

/** 0: any free port. */
export const changedNearbySettings = { listenPort: v.optional(v.pipe(port, v.minValue(0))), interfaces };

export const nearbyCalls = {
  listNearby: { input: v.object({ accountId: idInput }), output: v.object({ peers: v.array(nearbyPeerSchema) }) },
  /** The person compared the safety number: it was the same, or not (then it counts as not compared). */
  compareKey: { input: v.object({ accountId: idInput, address: addressInput, isSame: v.boolean() }), output: nothing },
  /**
   * Takes the new key of somebody whose key changed; messages that waited go. `safetyNumber`: what the person saw; where yet another key
   * is shown by now, it is refused.
   */
  acceptKey: {
    input: v.object({ accountId: idInput, address: addressInput, safetyNumber: v.optional(shortTextInput) }),
    output: nothing,
  },
  /** Where an account may listen and announce itself. */
  listInterfaces: { input: nothing, output: v.object({ interfaces: v.array(networkInterfaceSchema) }) },
} as const;
