// An account could not come online, for a reason with words of its own.
/** `reason`: a sentence for a person. */
export class SignInFailure extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = 'SignInFailure';
    this.reason = reason;
  }
}
