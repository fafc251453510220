// The bounds of what a call may bring: shared by all parts of the contract.
import * as v from 'valibot';

/** Longest of any text that is not a message: names, addresses, queries. */
const SHORT_TEXT_LIMIT = 1_000;
/** Longest note, so that a presence document stays well under what servers take. */
const NOTE_LIMIT = 500;
/** Longest message text, in characters and in bytes of UTF-8: 64 000 bytes is what a stock server passes on over TCP, headers included. */
export const MESSAGE_TEXT_LIMIT = 60_000;
/** Most rows that one answer holds. */
const LIST_LIMIT = 500;

export const idInput = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
export const shortTextInput = v.pipe(v.string(), v.maxLength(SHORT_TEXT_LIMIT));
export const noteInput = v.pipe(v.string(), v.maxLength(NOTE_LIMIT));
export const messageTextInput = v.pipe(v.string(), v.maxLength(MESSAGE_TEXT_LIMIT), v.maxBytes(MESSAGE_TEXT_LIMIT));
export const addressInput = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(SHORT_TEXT_LIMIT));
export const timeMsInput = v.pipe(v.number(), v.integer(), v.minValue(0));
export const limitInput = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIST_LIMIT));
export const nothing = v.object({});
