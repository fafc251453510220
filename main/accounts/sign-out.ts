// Trigger: the program ends, or an account is removed or changed.
// Result: publication and subscriptions are taken back, then the binding; then every socket is closed, whether the server answered or not.
// RFC: 3261 §10.2.2, 3903 §4.5, 6665 §4.1.2.3.
import type { AccountWorld } from './account-world.ts';
import { errorText } from './account-world.ts';
import type { OnlineParts } from './online-parts.ts';
import type { SignedIn } from './sign-in.ts';

/** However many parts wait for a server that is silent: the person closed the window and wants the program gone. */
export const LONGEST_SIGN_OUT_MS = 5_000;

/** Never rejects. */
export async function signOut(world: AccountWorld, { endpoint, registration }: SignedIn, parts: OnlineParts | undefined): Promise<void> {
  const takeBack = async (): Promise<void> => {
    await parts?.stop();
    await registration.stop();
  };
  await withinTime(world, takeBack());
  await endpoint.stop().catch((error: unknown) => world.doors.log('warn', `${world.address}: closing: ${errorText(error)}`));
}

function withinTime(world: AccountWorld, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = world.doors.clock.startTimer(LONGEST_SIGN_OUT_MS, resolve);
    work
      .catch((error: unknown) => world.doors.log('warn', `${world.address}: signing out: ${errorText(error)}`))
      .finally(() => {
        timer.cancel();
        resolve();
      });
  });
}
