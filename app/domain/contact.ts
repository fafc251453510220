// A contact: somebody this account watches and writes to.
import * as v from 'valibot';
import { contactPresenceSchema } from './presence.ts';

/** Our subscription to the contact's presence (RFC 6665). `reason` is the protocol's word, `failure` a sentence for a person. */
export const subscriptionStateSchema = v.object({
  state: v.picklist(['off', 'working', 'pending', 'active', 'terminated', 'failed']),
  reason: v.exactOptional(v.string()),
  failure: v.exactOptional(v.string()),
  /** Since when it is in this state. */
  sinceMs: v.number(),
});
export type SubscriptionState = v.InferOutput<typeof subscriptionStateSchema>;

export const contactSchema = v.object({
  contactId: v.string(),
  accountId: v.string(),
  address: v.string(),
  /** As the person calls them; '' when not named. */
  name: v.string(),
  presence: contactPresenceSchema,
  subscription: subscriptionStateSchema,
});
export type Contact = v.InferOutput<typeof contactSchema>;
