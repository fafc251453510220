// Names of the IPC channels between the preload and the shell.
import type { PageCallName } from './shell-contract.ts';

/** One channel per call. */
export const callChannel = (name: PageCallName): string => `call:${name}`;
/** Changes, from the shell to the page. */
export const CHANGE_CHANNEL = 'change';
/** The page listens now: changes that waited may come. */
export const LISTENING_CHANNEL = 'listening';
