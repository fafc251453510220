// The demo without a display: Ada and Bob play their first minute by themselves, as hands would, and leave pictures of it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run-command.ts';
import { attach, type AttachedWindow } from '../standin/attach.ts';
import { startStandin, type StandinApp } from '../standin/client.ts';
import { makeDemoPeople, type DemoPerson } from './demo-people.ts';
import { playFirstMinute, type Player } from './first-minute.ts';

const END_LIMIT_MS = 15_000;

interface Opened extends Player {
  readonly standin: StandinApp;
  readonly window: AttachedWindow;
}

async function open({ name, profile }: DemoPerson, folder: string): Promise<Opened> {
  const standin = startStandin({ args: ['--profile', profile], env: { STANDIN_PORT: '1' } });
  const window = await attach(standin).catch((error: unknown) => {
    standin.child.kill('SIGKILL');
    throw error;
  });
  const { page } = window;
  return {
    name,
    page,
    standin,
    window,
    picture: (title) => page.screenshot({ path: join(folder, `${title}.png`), animations: 'disabled' }).then(() => undefined),
  };
}

async function end({ window, standin }: Opened): Promise<void> {
  await window.browser.close().catch(() => undefined);
  standin.child.kill('SIGTERM');
  const timer = setTimeout(() => standin.child.kill('SIGKILL'), END_LIMIT_MS);
  await standin.ended;
  clearTimeout(timer);
}

/** Resolves with the exit code: 1, and the reason is printed, when a step did not go as it should. */
export async function playDemo(folder = join(root, 'artefacts/demo')): Promise<number> {
  // Pictures of another run would tell a story that did not happen.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { people, clear } = makeDemoPeople(false);
  const opened: Opened[] = [];
  try {
    for (const person of people) opened.push(await open(person, folder));
    const [ada, bob] = opened;
    if (ada === undefined || bob === undefined) throw new Error('nobody is there');
    await playFirstMinute(ada, bob, (text) => console.log(text));
    console.log(`Pictures of their first minute: ${folder}`);
    return 0;
  } catch (error) {
    console.error(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    await Promise.allSettled(opened.map((player) => player.picture(`stopped-${player.name.toLowerCase()}`)));
    console.error(`What the windows showed then: ${folder}`);
    return 1;
  } finally {
    await Promise.allSettled(opened.map(end));
    clear();
  }
}
