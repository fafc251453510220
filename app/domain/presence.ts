// Presence as people see it: what we say of ourselves, what contacts say.
import * as v from 'valibot';

export const ownAvailabilitySchema = v.picklist(['available', 'away', 'busy', 'invisible']);
export type OwnAvailability = v.InferOutput<typeof ownAvailabilitySchema>;

export const ownPresenceSchema = v.object({
  availability: ownAvailabilitySchema,
  note: v.string(),
  /** An RPID activity (RFC 4480 §3.2), e.g. `meeting`; '' for none. */
  activity: v.string(),
  /** An RPID mood (RFC 4480 §3.5), a place type (RFC 4589), the sphere (RFC 4480 §3.9); '' for none. */
  mood: v.exactOptional(v.string()),
  place: v.exactOptional(v.string()),
  sphere: v.exactOptional(v.string()),
  /** Nobody touches this computer since then: who is available is shown to others as away. */
  idleSinceMs: v.exactOptional(v.number()),
});
export type OwnPresence = v.InferOutput<typeof ownPresenceSchema>;

/** `unknown`: nothing heard yet, or not allowed. `offline`: the person or their server says so. `silent`: signed in, says nothing. */
export const availabilitySchema = v.picklist(['available', 'away', 'busy', 'offline', 'silent', 'unknown']);
export type Availability = v.InferOutput<typeof availabilitySchema>;

export const devicePresenceSchema = v.object({
  /** The tuple's id (RFC 3863). */
  deviceId: v.string(),
  name: v.string(),
  availability: availabilitySchema,
  note: v.string(),
  /** The tuple's contact address, '' when it has none. */
  address: v.string(),
});
export type DevicePresence = v.InferOutput<typeof devicePresenceSchema>;

export const contactPresenceSchema = v.object({
  availability: availabilitySchema,
  note: v.string(),
  activities: v.array(v.string()),
  devices: v.array(devicePresenceSchema),
  /** When this was last heard; 0 when never. */
  changedAtMs: v.number(),
});
export type ContactPresence = v.InferOutput<typeof contactPresenceSchema>;
