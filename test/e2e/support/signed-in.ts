// Signing in at the development server: through the form as a person does, or without it where a test begins later.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type DevelopmentServer, startServer } from '../../../build/server/server.ts';
import { shownAddress } from '../../../renderer/state/naming.ts';
import { People } from '../../interop/support/people.ts';
import { launchApp, type RunningApp } from './harness.ts';
import { call } from './use-app.ts';

/** Fills in the first screen with the keyboard alone, as the tab order leads, and presses Enter. What comes of it is the test's. */
export async function fillSignIn(page: Page, server: DevelopmentServer, address: string, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a SIP account' }).press('Enter');
  await page.getByLabel('SIP address', { exact: true }).fill(shownAddress(address));
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Server settings' }).press('Enter');
  await page.getByLabel('Outbound proxy').fill(server.proxy('tcp'));
  await page.getByLabel('XCAP root').fill(server.xcapRoot);
  await page.getByLabel('XCAP root').press('Enter');
}

export async function isSignedIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connection: fine' }).waitFor();
}

export interface SignedIn {
  readonly server: DevelopmentServer;
  /** The others, without a window. */
  readonly people: People;
  readonly app: RunningApp;
  readonly accountId: string;
  /** Quits the app, which must end well, and then whatever the window said the server. */
  end(): Promise<void>;
}

/** A server, and a window in which one of its accounts is signed in and all is well. */
export async function startSignedIn(name: string): Promise<SignedIn> {
  const server = await startServer();
  const people = new People(server);
  const app = await launchApp();
  const end = async (): Promise<void> => {
    try {
      expect(await app.quit()).toBe(0);
    } finally {
      await people.end();
      await server.stop();
    }
  };
  try {
    const { accountId } = await call(app, 'addAccount', people.settings(name, 'tcp'));
    await isSignedIn(app.page);
    return { server, people, app, accountId, end };
  } catch (error) {
    await end();
    throw error;
  }
}
