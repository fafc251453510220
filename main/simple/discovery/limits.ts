// What one network may cost us, and the times of RFC 6762: each number with its reason.

/** RFC 6762 §17: no multicast DNS packet is larger. */
export const LONGEST_PACKET_BYTES = 9_000;
/** What fits one Ethernet frame with room for tunnels: larger packets are lost in whole when one fragment is. */
export const PACKET_BYTES = 1_400;
/** 9,000 bytes hold some 400 honest records; a packet that claims more is made to keep us busy. */
export const MOST_RECORDS_IN_PACKET = 512;
/** A burst of everybody on a large network answering at once. What comes beyond is dropped unread. */
export const PACKET_BURST = 2_000;
/** A network of hundreds of people is far quieter; reading this many takes a small part of a second. */
export const PACKETS_PER_SECOND = 500;
/** SECURITY: so many records count as one packet more. Full of names made of pointers, one packet takes 300 times what an honest one takes. */
export const RECORDS_FOR_A_PACKET = 16;

/** Three names each for more people than anybody looks through. */
export const MOST_INSTANCES = 2_048;
/** SECURITY: one sender fills at most half, so that a thousand invented people leave room for real ones. */
export const MOST_INSTANCES_OF_SENDER = 1_024;
/** A computer has few addresses on one network. */
export const MOST_ADDRESSES_OF_HOST = 8;
/** People handed on; a list longer than this is an attack, not a room. */
export const MOST_PEERS = 500;
/** SECURITY: of them those that one sender told of, so that who comes after a thousand invented people is seen. */
export const MOST_PEERS_OF_SENDER = 250;
/** Strings of one TXT record that are read: the drafts name five keys. */
export const MOST_TEXT_STRINGS = 32;
/** Characters of a name that are shown: longer ones are cut. */
export const LONGEST_NAME = 64;
/** Characters of a URI in an announcement; one TXT string holds no more. */
export const LONGEST_URI = 240;

/** RFC 1035 §2.3.4. */
export const LONGEST_LABEL_BYTES = 63;
export const LONGEST_NAME_BYTES = 255;
/** RFC 6763 §6.1: one string of a TXT record. */
export const LONGEST_TEXT_BYTES = 255;

/** RFC 6762 §10: records that name a host. */
export const HOST_TTL_SECONDS = 120;
/** RFC 6762 §10: all other records, and the longest that we believe anybody. */
export const OTHER_TTL_SECONDS = 4_500;
/** RFC 6762 §6.7: what a plain DNS client may keep. */
export const LEGACY_TTL_SECONDS = 10;

/** RFC 6762 §8.1: up to this long before the first probe, and between two. */
export const PROBE_WAIT_MS = 250;
export const PROBES = 3;
/** RFC 6762 §8.2: who loses against another prober waits and asks again. */
export const LOST_PROBE_WAIT_MS = 1_000;
/** RFC 6762 §8.1: so many conflicts in so long, and the next try waits. */
export const CONFLICTS_BEFORE_WAIT = 15;
export const CONFLICT_SPAN_MS = 10_000;
export const CONFLICT_WAIT_MS = 5_000;
/** RFC 6762 §8.3 wants two at least; the third is for wireless networks that lose multicast. */
export const ANNOUNCEMENTS = 3;
export const FIRST_ANNOUNCEMENT_GAP_MS = 1_000;

/** RFC 6762 §5.2: first question after 20 to 120 ms, the next a second later, then ever rarer, hourly at last. */
export const FIRST_QUESTION_MS = 20;
export const FIRST_QUESTION_SPREAD_MS = 100;
export const QUESTION_GAP_MS = 1_000;
export const LONGEST_QUESTION_GAP_MS = 3_600_000;

/** RFC 6762 §6: a shared record is answered after 20 to 120 ms. */
export const ANSWER_WAIT_MS = 20;
export const ANSWER_SPREAD_MS = 100;
/** RFC 6762 §7.2: known answers that follow a truncated question are waited for this long. */
export const TRUNCATED_WAIT_MS = 400;
/** RFC 6762 §6: the same record is not multicast twice within a second. */
export const ANSWER_REPEAT_MS = 1_000;

/** RFC 6762 §10.1, §10.2: what was withdrawn or replaced stays a second, for packets that crossed. */
export const WITHDRAWN_MS = 1_000;
/** RFC 6762 §10.4: who could not be reached is asked for twice, and forgotten when nobody answers until then. */
export const DOUBT_MS = 10_000;
export const DOUBT_AGAIN_MS = 1_000;
export const DOUBT_QUESTIONS = 2;
/** RFC 6762 §5.2: a record is asked for again at these parts of its life, plus up to 2 % at random. */
export const REFRESH_PARTS = [0.8, 0.85, 0.9, 0.95] as const;
export const REFRESH_SPREAD = 0.02;
/** What a name lacks is asked for after these waits; the last answer lost, the next announcement brings it. */
export const MISSING_WAITS_MS = [200, 1_000, 2_000, 4_000, 8_000] as const;

/** Changes are gathered this long: two hundred people who appear at once are a few changes, not hundreds. */
export const GATHER_MS = 100;
/** An interface that cannot be used yet (no address, driver busy) is tried again. */
export const REOPEN_MS = 5_000;
