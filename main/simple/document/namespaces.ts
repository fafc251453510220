// XML namespaces of the wire documents.

export const PIDF = 'urn:ietf:params:xml:ns:pidf'; // RFC 3863
export const DATA_MODEL = 'urn:ietf:params:xml:ns:pidf:data-model'; // RFC 4479
export const RPID = 'urn:ietf:params:xml:ns:pidf:rpid'; // RFC 4480
export const LOCATION_TYPE = 'urn:ietf:params:xml:ns:location-type'; // RFC 4589
export const CIPID = 'urn:ietf:params:xml:ns:pidf:cipid'; // RFC 4482
export const CAPABILITIES = 'urn:ietf:params:xml:ns:pidf:caps'; // RFC 5196
export const WATCHER_INFO = 'urn:ietf:params:xml:ns:watcherinfo'; // RFC 3858
export const REGISTRATION_INFO = 'urn:ietf:params:xml:ns:reginfo'; // RFC 3680
export const COMMON_POLICY = 'urn:ietf:params:xml:ns:common-policy'; // RFC 4745
export const PRES_RULES = 'urn:ietf:params:xml:ns:pres-rules'; // RFC 5025
export const DECISION = 'urn:ww:decision'; // our own: when a decision ends, where the rule's validity is written wider
export const RESOURCE_LISTS = 'urn:ietf:params:xml:ns:resource-lists'; // RFC 4826
export const RLS_SERVICES = 'urn:ietf:params:xml:ns:rls-services'; // RFC 4826
export const RLMI = 'urn:ietf:params:xml:ns:rlmi'; // RFC 4662
export const XCAP_DIFF = 'urn:ietf:params:xml:ns:xcap-diff'; // RFC 5874
export const XCAP_CAPS = 'urn:ietf:params:xml:ns:xcap-caps'; // RFC 4825
export const XCAP_ERROR = 'urn:ietf:params:xml:ns:xcap-error'; // RFC 4825
export const IS_COMPOSING = 'urn:ietf:params:xml:ns:im-iscomposing'; // RFC 3994
export const IMDN = 'urn:ietf:params:xml:ns:imdn'; // RFC 5438
export const XML = 'http://www.w3.org/XML/1998/namespace'; // xml:lang
