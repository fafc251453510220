// The SIP stack's face: everything outside main/sip imports from here and nowhere deeper.
export type { Clock, Timer } from './clock.ts';
export type { Random } from './random.ts';
export type * from './network.ts';
export { createNodeClock } from './node-clock.ts';
export { createNodeRandom } from './node-random.ts';
export { createNodeNetwork } from './node-network.ts';

export type * from './endpoint.ts';
export { createEndpoint } from './create-endpoint.ts';

export type { Dialog } from './dialog/dialog.ts';
export * from './dialog/create-dialog.ts';
export * from './dialog/use-dialog.ts';
export * from './auth/digest-session.ts';

export type * from './message/message.ts';
export * from './message/header/header.ts';
export type * from './uri/uri.ts';
export * from './uri/parameter.ts';
