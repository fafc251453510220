// What proves who we are in one realm (RFC 7616).

export interface Credentials {
  readonly user: string;
  readonly password: string;
}
