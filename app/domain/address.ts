// Addresses of people. One user is one address, whatever the scheme it was written with (RFC 3859, 3860; requirements A1).

/** Canonical text, e.g. `sip:ada@example.org`; host in lower case, `pres:` `im:` `sips:` become `sip:`, parameters dropped. `tel:+49…` is kept apart. */
export type Address = string & { readonly __address: unique symbol };
