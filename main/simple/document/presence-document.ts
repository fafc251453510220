// What a presence document says (RFC 3863 PIDF, RFC 4479 data model, RFC 4480 RPID, RFC 4482 CIPID, RFC 5196 capabilities).

export interface Note {
  readonly text: string;
  /** `xml:lang`, '' when not given. */
  readonly lang: string;
}

/** RFC 4480 §3.13. `idleThresholdSeconds`: how long without input counts as idle. `lastInputMs`: since 1970. */
export interface UserInput {
  readonly state: 'active' | 'idle';
  readonly idleThresholdSeconds: number | undefined;
  readonly lastInputMs: number | undefined;
}

/** RPID elements (RFC 4480 §3). Words are element names (`on-the-phone`); text of `<other>` is kept as `other:text`. */
export interface RichStatus {
  readonly activities: readonly string[];
  readonly moods: readonly string[];
  readonly placeTypes: readonly string[];
  /** RFC 4480 §3.4, as `audio/noisy`, `video/toobright`. */
  readonly placeIs: readonly string[];
  /** RFC 4480 §3.6: which media others can overhear, e.g. `audio`. */
  readonly privacy: readonly string[];
  readonly sphere: string | undefined;
  readonly userInput: UserInput | undefined;
  readonly class: string | undefined;
  readonly statusIcon: string | undefined;
  /** Minutes from UTC. */
  readonly timeOffsetMinutes: number | undefined;
  /** RFC 4480 §3.8, e.g. `self`, `assistant`. */
  readonly relationship: string | undefined;
  /** RFC 4480 §3.10, e.g. `electronic`. */
  readonly serviceClass: string | undefined;
  /** Notes inside RPID elements, e.g. in `<rpid:activities>`. */
  readonly notes: readonly Note[];
}

/** Links about the person (RFC 4482). URIs as text, never fetched by themselves. */
export interface ContactLinks {
  readonly card: string | undefined;
  readonly displayName: string | undefined;
  readonly homepage: string | undefined;
  readonly icon: string | undefined;
  readonly map: string | undefined;
  readonly sound: string | undefined;
}

/** RFC 5196: what the service can do; undefined where it says nothing. */
export interface ServiceCapabilities {
  readonly audio: boolean | undefined;
  readonly video: boolean | undefined;
  readonly text: boolean | undefined;
  readonly message: boolean | undefined;
  readonly isFocus: boolean | undefined;
  /** Media types taken, e.g. `text/plain`. */
  readonly types: readonly string[];
  /** SIP methods taken, e.g. `MESSAGE`. */
  readonly methods: readonly string[];
}

export interface PresenceTuple {
  readonly id: string;
  /** undefined: the document does not say. */
  readonly basic: 'open' | 'closed' | undefined;
  readonly contact: string | undefined;
  /** 0 to 1, RFC 3863 §4.1.5. */
  readonly contactPriority: number | undefined;
  readonly notes: readonly Note[];
  readonly timestampMs: number | undefined;
  /** RFC 4479 §3.5: the device this service runs on, a URN. */
  readonly deviceId: string | undefined;
  readonly rich: RichStatus;
  readonly capabilities: ServiceCapabilities | undefined;
}

export interface PresencePerson {
  readonly id: string;
  readonly rich: RichStatus;
  readonly notes: readonly Note[];
  readonly timestampMs: number | undefined;
  readonly links: ContactLinks | undefined;
}

export interface PresenceDevice {
  readonly id: string;
  readonly deviceId: string | undefined;
  readonly rich: RichStatus;
  readonly notes: readonly Note[];
  readonly timestampMs: number | undefined;
}

export interface PresenceDocument {
  /** The presentity, a URI as written. */
  readonly entity: string;
  readonly tuples: readonly PresenceTuple[];
  readonly persons: readonly PresencePerson[];
  readonly devices: readonly PresenceDevice[];
  readonly notes: readonly Note[];
}

/** A rich status that says nothing: spread it and set what is known. */
export const EMPTY_RICH_STATUS: RichStatus = {
  activities: [],
  moods: [],
  placeTypes: [],
  placeIs: [],
  privacy: [],
  sphere: undefined,
  userInput: undefined,
  class: undefined,
  statusIcon: undefined,
  timeOffsetMinutes: undefined,
  relationship: undefined,
  serviceClass: undefined,
  notes: [],
};

/** A tuple that says nothing but its id: spread it and set what is known. */
export function emptyTuple(id: string): PresenceTuple {
  return {
    id,
    basic: undefined,
    contact: undefined,
    contactPriority: undefined,
    notes: [],
    timestampMs: undefined,
    deviceId: undefined,
    rich: EMPTY_RICH_STATUS,
    capabilities: undefined,
  };
}

/** A person that says nothing but its id. */
export function emptyPerson(id: string): PresencePerson {
  return { id, rich: EMPTY_RICH_STATUS, notes: [], timestampMs: undefined, links: undefined };
}
