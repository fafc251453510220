// What a call can fail with: values that cross the bridge, never raw exceptions.
import * as v from 'valibot';

export const failureSchema = v.object({
  kind: v.picklist(['invalid-input', 'unknown-call', 'not-found', 'already-exists', 'refused', 'unavailable', 'cancelled', 'internal']),
  /** A sentence for a person: what happened and what to do. */
  reason: v.string(),
  /** The input field it is about. */
  field: v.exactOptional(v.string()),
  /** The technical text behind it. */
  detail: v.exactOptional(v.string()),
});
export type Failure = v.InferOutput<typeof failureSchema>;

/** Thrown by call handlers for expected failures; the bridge turns it into its `failure`, and any other error into `internal`. */
export class CallFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.reason);
    this.name = 'CallFailure';
    this.failure = failure;
  }
}
