// Custom schemes: Chromium knows none, so `app://host/…` is an https origin of a reserved name there, answered by interception.
import type { CustomScheme } from 'electron';
import { app } from './app.ts';

type SchemeHandler = (request: Request) => Response | Promise<Response>;

/** RFC 2606 reserves `.invalid`: nobody can own such a host. */
const SUFFIX = 'standin.invalid';
const handlers = new Map<string, SchemeHandler>();
const privileged = new Set<string>();

/** The address that Chromium loads for `url`. */
export function toChromiumUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i, (whole, scheme: string, host: string) =>
    handlers.has(scheme) ? `https://${host}.${scheme}.${SUFFIX}` : whole,
  );
}

/** The address that the app means by Chromium's `url`. */
export function toAppUrl(url: string): string {
  return url.replace(/^https:\/\/([^/?#]*)\.([a-z0-9+-]+)\.standin\.invalid/i, (whole, host: string, scheme: string) =>
    handlers.has(scheme) ? `${scheme}://${host}` : whole,
  );
}

/** What answers `url`, when its scheme is the app's own. */
export function schemeHandlerOf(url: string): SchemeHandler | undefined {
  return handlers.get(new URL(url).protocol.slice(0, -1));
}

export const protocol = {
  registerSchemesAsPrivileged(schemes: CustomScheme[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme } of schemes) privileged.add(scheme);
  },
  handle(scheme: string, handler: SchemeHandler): void {
    if (!privileged.has(scheme)) throw new Error(`stand-in: ${scheme} is not registered as privileged`);
    handlers.set(scheme, handler);
  },
};
