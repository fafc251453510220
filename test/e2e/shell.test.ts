// The window itself: it shows, the page is locked in, a second start hands over, and what was kept survives quitting and a power cut.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../build/run-command.ts';
import { startStandin } from '../../build/standin/client.ts';
import { HeadlessApp, temporaryProfile } from '../interop/support/headless-app.ts';
import { launchApp, until, type RunningApp } from './support/harness.ts';

/** Runs an expression in the page; as text, because it means the page's globals. */
const inPage = (app: RunningApp, expression: string): Promise<unknown> => app.page.evaluate(expression);

/** Calls over the page's own bridge. */
const call = async (app: RunningApp, name: string, input: object): Promise<Record<string, unknown>> =>
  (await inPage(app, `window.watchword.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`)) as Record<string, unknown>;

describe('the page is locked in', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await launchApp();
  });
  afterAll(async () => {
    expect(await app.quit()).toBe(0);
  });

  test('the window shows the sign-in page, without an error', async () => {
    await app.page.getByRole('button', { name: 'Sign in' }).waitFor();
    const { windows, notes } = await app.control('state');
    expect(windows.map(({ url, isVisible, title }) => ({ url, isVisible, title }))).toEqual([
      { url: 'app://watchword/index.html', isVisible: true, title: 'Watchword' },
    ]);
    expect(notes.filter(({ what }) => ['page-error', 'page-log', 'console'].includes(what))).toEqual([]);
    await app.screenshot('sign-in');
  });

  test('one frozen object, and nothing of Node', async () => {
    expect(await inPage(app, 'Object.isFrozen(window.watchword) && Object.keys(window.watchword).sort().join()')).toBe('call,onChange');
    expect(await inPage(app, '[typeof require, typeof process, typeof module, typeof Buffer].join()')).toBe(
      'undefined,undefined,undefined,undefined',
    );
  });

  test('no eval, no inline script, no markup by the page, no connection', async () => {
    // Inside a timer, because what a debugger evaluates is not held by the page's policy.
    const inTimer = (code: string): Promise<unknown> =>
      inPage(app, `new Promise((done) => setTimeout(() => { try { done(String(${code})); } catch (error) { done(error.name); } }))`);
    expect(await inTimer('eval("1 + 1")')).toBe('EvalError');
    expect(await inTimer('new Function("return 1")()')).toBe('EvalError');
    expect(await inTimer('document.createElement("p").innerHTML = "<b>x</b>"')).toBe('TypeError');
    expect(await inPage(app, 'fetch("https://example.org/").then(() => "fetched", (error) => error.name)')).toBe('TypeError');
    expect(await inPage(app, 'fetch("app://watchword/../main/main.js").then(() => "fetched", (error) => error.name)')).toBe('TypeError');
    expect(
      await inPage(
        app,
        'new Promise((done) => { const s = document.createElement("style"); s.textContent = "body{color:red}"; document.head.append(s); done(s.sheet === null); })',
      ),
    ).toBe(true);
  });

  test('no navigation, no window of its own, no permission', async () => {
    const what = async (): Promise<string[]> =>
      (await app.control('state')).notes.map((note) => `${note.what} ${JSON.stringify(note.details)}`);
    // WHY: in a turn of its own, or the evaluation would wait for a navigation that never ends.
    await inPage(app, 'void setTimeout(() => { location.href = "https://example.org/away"; })');
    await until('the refusal', async () => (await what()).some((line) => line.startsWith('navigation-refused')));
    await inPage(app, 'void window.open("https://example.org/out")');
    await inPage(app, 'void window.open("ftp://example.org/file")');
    await until('the attempts to be noted', async () => (await what()).filter((line) => line.startsWith('window-open')).length === 2);
    const noted = await what();
    expect(noted).toContain('navigation-refused "https://example.org/away"');
    expect(noted).toContain('window-open {"url":"https://example.org/out","action":"deny"}');
    expect(noted.filter((line) => line.startsWith('open-external'))).toEqual(['open-external "https://example.org/out"']);
    expect((await app.control('state')).windows).toHaveLength(1);
    expect(app.page.url()).toContain('index.html');
    expect(await inPage(app, 'navigator.permissions.query({ name: "notifications" }).then(({ state }) => state)')).toBe('denied');
  });

  test('copying goes through the shell', async () => {
    expect(await call(app, 'copyText', { text: 'a word' })).toEqual({ output: {} });
    const { notes } = await app.control('state');
    expect(notes.filter(({ what }) => what === 'copied').map(({ details }) => details)).toEqual(['a word']);
  });

  test('calls are checked, failures are values', async () => {
    expect(await call(app, 'listAccounts', {})).toEqual({ output: { accounts: [] } });
    expect(await call(app, 'addContact', { accountId: 'x' })).toMatchObject({ failure: { kind: 'invalid-input', field: 'address' } });
    expect(await call(app, 'toString', {})).toMatchObject({ failure: { kind: 'unknown-call' } });
    expect(await call(app, 'openExternal', { url: 'file:///etc/passwd' })).toMatchObject({ failure: { kind: 'refused' } });
  });

  test('the theme follows the choice, and the system where nothing is chosen', async () => {
    const isDark = (): Promise<unknown> => inPage(app, 'matchMedia("(prefers-color-scheme: dark)").matches');
    await app.control('setSystemDark', true);
    await until('dark', async () => (await isDark()) === true);
    expect(await call(app, 'changeSettings', { theme: 'light' })).toMatchObject({ output: { settings: { theme: 'light' } } });
    await until('light', async () => (await isDark()) === false);
  });

  test('a second start brings the first to the front and ends', async () => {
    await app.control('blurWindow');
    const second = startStandin({ args: ['--profile', app.profile] });
    expect(await second.ended).toBe(0);
    await until('the first in front', async () => (await app.control('state')).windows[0]?.isFocused);
  });

  test('the headless mode does not start beside it', async () => {
    const { code, output } = await runCommand(process.execPath, ['main/headless/main.ts', '--profile', app.profile]);
    expect([code, output]).toEqual([
      1,
      `The profile “${app.profile}” is in use by another process. Quit that one first, or choose another profile.\n`,
    ]);
  });
});

test('a window does not start beside the headless mode, and says so', async () => {
  const { path: profile, remove } = temporaryProfile();
  const headless = await new HeadlessApp(profile).ready();
  const window = await runCommand(process.execPath, ['--import', './build/standin/register.ts', 'dist/main/main.js', '--profile', profile]);
  expect([window.code, window.output]).toEqual([
    1,
    `Watchword cannot start: The profile “${profile}” is in use by another process. Quit that one first, or choose another profile.\n`,
  ]);
  await headless.stop();
  remove();
});

describe('what was kept survives', () => {
  const profile = mkdtempSync(join(tmpdir(), 'watchword-e2e-'));
  afterAll(() => rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

  // Nobody listens on port 9 of this computer: the account stays, its registration fails.
  const account = { address: 'sip:ada@127.0.0.1', password: 'not-in-the-clear', outboundProxy: 'sip:127.0.0.1:9;transport=tcp' };
  const addresses = async (app: RunningApp): Promise<string[]> => {
    const { output } = (await call(app, 'listAccounts', {})) as { output: { accounts: { address: string }[] } };
    return output.accounts.map(({ address }) => address);
  };

  test('quitting, and a power cut', async () => {
    const first = await launchApp({ profile });
    expect(await call(first, 'addAccount', account)).toMatchObject({ output: { accountId: expect.any(String) as string } });
    await call(first, 'changeSettings', { theme: 'dark', sideBarWidthPx: 320 });
    await first.control('setWindowBounds', { x: 40, y: 50, width: 900, height: 650 });
    expect(await first.quit()).toBe(0);

    const second = await launchApp({ profile });
    expect(await addresses(second)).toEqual([account.address]);
    expect((await second.control('state')).windows[0]?.bounds).toEqual({ x: 40, y: 50, width: 900, height: 650 });
    expect(await call(second, 'getSettings', {})).toMatchObject({ output: { settings: { theme: 'dark', sideBarWidthPx: 320 } } });
    await call(second, 'changeSettings', { sideBarWidthPx: 280 });
    await second.kill();

    const third = await launchApp({ profile });
    expect(await addresses(third)).toEqual([account.address]);
    expect(await call(third, 'getSettings', {})).toMatchObject({ output: { settings: { theme: 'dark', sideBarWidthPx: 280 } } });
    expect(await third.quit()).toBe(0);
  });

  test('the password lies sealed, in files of the owner alone', () => {
    const secrets = join(profile, 'secrets.json');
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    expect(statSync(profile).mode & 0o777).toBe(0o700);
    expect(readFileSync(secrets, 'utf8')).toContain('sealed');
    for (const file of ['secrets.json', 'watchword.db', 'settings.json']) {
      expect(readFileSync(join(profile, file)).includes(account.password)).toBe(false);
    }
  });
});

test('without a keychain the person is asked where the password may stay', async () => {
  const app = await launchApp({ env: { STANDIN_KEYCHAIN: '0' } });
  const account = { address: 'sip:ada@127.0.0.1', password: 'only-today', outboundProxy: 'sip:127.0.0.1:9;transport=tcp' };
  expect(await call(app, 'addAccount', account)).toMatchObject({ output: {} });
  const boxes = (await app.control('state')).notes.filter(({ what }) => what === 'message-box');
  expect(boxes).toHaveLength(1);
  expect(boxes[0]?.details).toMatchObject({ buttons: ['Only until I quit', 'Store it in a file'] });
  expect(await app.quit()).toBe(0);
});
