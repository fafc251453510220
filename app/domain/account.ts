// An account: one signed-in address with its server settings and the states of what it keeps alive.
import * as v from 'valibot';
import { ownPresenceSchema } from './presence.ts';

/** `reason` is a sentence for a person: what happened and what to do. `detail` is the technical text behind it. */
export const partStateSchema = v.object({
  state: v.picklist(['off', 'working', 'ok', 'failed']),
  reason: v.exactOptional(v.string()),
  detail: v.exactOptional(v.string()),
  /** For `ok`: when it must be renewed. For `failed`: when it is tried again; absent when only the person can mend it. */
  untilMs: v.exactOptional(v.number()),
});
export type PartState = v.InferOutput<typeof partStateSchema>;

export const accountTransportSchema = v.picklist(['udp', 'tcp', 'tls', 'ws', 'wss']);

export const accountSettingsSchema = v.object({
  displayName: v.exactOptional(v.string()),
  authUser: v.exactOptional(v.string()),
  outboundProxy: v.exactOptional(v.string()),
  xcapRoot: v.exactOptional(v.string()),
  caFile: v.exactOptional(v.string()),
  transport: v.exactOptional(accountTransportSchema),
  /** Of an account of kind `nearby`: the port for TCP and UDP, and the addresses of this computer it listens on (absent: see usable-interfaces.ts). */
  listenPort: v.exactOptional(v.number()),
  interfaces: v.exactOptional(v.array(v.string())),
});
export type AccountSettings = v.InferOutput<typeof accountSettingsSchema>;

/**
 * What turned out to be otherwise than a person would expect: of the server, or `key-lost`, where there is none. `reason`: what it means, and
 * what can be done.
 */
export const serverFindingSchema = v.object({
  kind: v.picklist(['authorizes-everybody', 'no-xcap', 'ignores-rule', 'key-lost']),
  reason: v.string(),
});
export type ServerFinding = v.InferOutput<typeof serverFindingSchema>;

export const accountSchema = v.object({
  accountId: v.string(),
  /** `nearby`: no server; people on the same network find each other. `registration` then says whether it listens and is announced. */
  kind: v.picklist(['sip', 'nearby']),
  /** A SIP URI as text, e.g. `sip:ada@example.org`. */
  address: v.string(),
  settings: accountSettingsSchema,
  registration: partStateSchema,
  publication: partStateSchema,
  watcherInfo: partStateSchema,
  policy: partStateSchema,
  /** The contact list on the server (XCAP resource-lists). */
  contactList: partStateSchema,
  ownPresence: ownPresenceSchema,
  findings: v.exactOptional(v.array(serverFindingSchema)),
  /** How contacts are watched on this server: one list it keeps, one list in the request, or each alone. Absent: not known yet. */
  listWay: v.exactOptional(v.picklist(['server-list', 'request-contained', 'single'])),
});
export type Account = v.InferOutput<typeof accountSchema>;
