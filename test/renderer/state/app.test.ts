// The whole state: accounts, settings, connection words, announcements, what the bridge sends that cannot be believed.
import { describe, expect, it } from 'vitest';
import { createAppClient } from '../../../renderer/app-client.ts';
import { AccountFormState } from '../../../renderer/state/account-form.svelte.ts';
import { openConversation, pressKey } from '../../../renderer/state/commands.ts';
import { overall, summary, technicalText } from '../../../renderer/state/connection.ts';
import { shownKeys } from '../../../renderer/state/keys-text.ts';
import { current } from '../../../renderer/text/text.svelte.ts';
import { makeAccount, makeNewData } from '../support/fake-people.ts';
import { settled, startApp } from '../support/app.ts';

describe('the bridge', () => {
  it('is not believed when a reply or a change is malformed', async () => {
    let send: (change: never) => void = () => undefined;
    const replies: Record<string, unknown> = {
      listAccounts: { output: { accounts: [{ accountId: 1 }] } },
      getSettings: 'nonsense',
      listContacts: { failure: { kind: 'not-found', reason: 'Gone.' } },
    };
    const client = createAppClient({
      call: (name) => (name in replies ? Promise.resolve(replies[name] as never) : Promise.reject(new Error('broken pipe'))),
      onChange(listener) {
        send = listener as never;
        return () => undefined;
      },
    });
    const heard: unknown[] = [];
    client.onChange((change) => heard.push(change));
    send({ type: 'message-added', message: { text: 1 } } as never);
    send({ type: 'trouble-changed', trouble: null } as never);
    expect(heard).toEqual([{ type: 'trouble-changed', trouble: null }]);
    const kinds = [];
    for (const name of ['listAccounts', 'getSettings', 'listConversations'] as const) {
      const reply = await client.call(name, {});
      kinds.push(reply.kind === 'failure' ? reply.failure.kind : 'ok');
    }
    expect(kinds).toEqual(['internal', 'internal', 'internal']);
    expect(await client.call('listContacts', { accountId: 'a' })).toEqual({
      kind: 'failure',
      failure: { kind: 'not-found', reason: 'Gone.' },
    });
  });
});

describe('accounts', () => {
  it('take presence back when it was not taken', async () => {
    const { app, fake } = await startApp();
    fake.failNext('setOwnPresence', { kind: 'unavailable', reason: 'Not now.' });
    const saying = app.accounts.setPresence({ availability: 'busy', note: 'x' });
    expect(app.accounts.first?.ownPresence.availability).toBe('busy');
    expect(await saying).toEqual({ kind: 'failure', failure: { kind: 'unavailable', reason: 'Not now.' } });
    expect(app.accounts.first?.ownPresence).toEqual({ availability: 'available', note: 'writing', activity: '' });
  });

  it('take everything of theirs with them', async () => {
    const { app } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    await app.accounts.remove('account-1');
    expect([
      app.accounts.list.length,
      app.contacts.order.length,
      app.conversations.order.length,
      app.requests.byId.size,
      app.watchers.byKey.size,
      app.view.conversationId,
      app.thread.phase,
    ]).toEqual([0, 0, 0, 0, 0, null, 'empty']);
  });

  it('are summed up by their worst part', () => {
    const account = makeAccount(0);
    const failed = { state: 'failed', reason: 'No.', detail: '503' } as const;
    expect(summary(account)).toBe('fine');
    expect(summary({ ...account, policy: failed })).toBe('partly');
    expect(summary({ ...account, policy: { state: 'working' } })).toBe('working');
    expect(summary({ ...account, registration: failed })).toBe('offline');
    expect(overall([account, { ...account, publication: failed }])).toBe('partly');
    expect(overall([])).toBe('off');
    expect(technicalText({ ...account, policy: failed }).split('\n')[4]).toBe('policy · failed · No. · 503');
  });
});

describe('signing in', () => {
  it('says what to mend, and where', async () => {
    const { app, fake } = await startApp(makeNewData);
    const form = new AccountFormState(app.client);
    expect([await form.submit(), form.firstError]).toEqual([false, 'address']);
    form.values.address = 'ada';
    expect([await form.submit(), form.errors]).toEqual([
      false,
      { address: 'An address has a name, an @ and a domain, for example ada@example.org.' },
    ]);
    form.touch('address');
    expect(form.firstError).toBe(undefined);
    form.values.address = 'ada@example.org';
    form.values.password = 'secret';
    form.values.outboundProxy = 'sip:127.0.0.1:5060;transport=tcp';
    fake.failNext('addAccount', { kind: 'invalid-input', field: 'caFile', reason: 'This file does not exist.' });
    expect([await form.submit(), form.hasServerError, form.errors]).toEqual([false, true, { caFile: 'This file does not exist.' }]);
    fake.failNext('addAccount', { kind: 'refused', reason: 'The password is wrong.' });
    expect([await form.submit(), form.failure?.reason, form.isWorking]).toEqual([false, 'The password is wrong.', false]);
    form.touch('caFile');
    // What was typed stays until the server has taken it: a wrong proxy is mended without typing the password again.
    expect([await form.submit(), form.values.password, form.addedId]).toEqual([true, 'secret', 'account-1']);
    expect(fake.calls.findLast((call) => call.name === 'addAccount')?.input).toEqual({
      address: 'sip:ada@example.org',
      password: 'secret',
      outboundProxy: 'sip:127.0.0.1:5060;transport=tcp',
    });
    expect(app.accounts.list).toHaveLength(1);
  });

  it('changes only what was changed, and empties what was emptied', async () => {
    const { app, fake } = await startApp();
    const account = app.accounts.first;
    const form = new AccountFormState(app.client, account);
    form.values.displayName = '';
    form.values.transport = 'tls';
    expect(await form.submit()).toBe(true);
    expect(fake.calls.at(-1)).toEqual({ name: 'updateAccount', input: { accountId: 'account-1', displayName: '', transport: 'tls' } });
    form.values.transport = '';
    await form.submit();
    expect(fake.calls.at(-1)?.input).toEqual({ accountId: 'account-1', transport: '' });
  });
});

describe('settings', () => {
  it('are in force at once and taken back when they cannot be kept', async () => {
    const { app, fake } = await startApp();
    fake.failNext('changeSettings', { kind: 'unavailable', reason: 'The disk is full.' });
    const changing = app.settings.change({ language: 'de' });
    expect(current.language).toBe('de');
    await changing;
    expect([current.language, app.settings.failureReason]).toEqual(['en', 'The disk is full.']);
  });

  it('follow keys', async () => {
    const { app } = await startApp();
    const press = { key: 'D', ctrlKey: true, metaKey: false, altKey: false, shiftKey: true };
    expect(pressKey(app, press)).toBe(true);
    await settled();
    expect(app.settings.current.isDoNotDisturb).toBe(true);
    expect([shownKeys('Ctrl+Shift+D', 'linux'), shownKeys('Ctrl+Shift+D', 'darwin')]).toEqual(['Ctrl+Shift+D', '⌘⇧D']);
  });
});

describe('announcements', () => {
  it('are made once for a message of the open thread, and go away', async () => {
    const { app, fake, clock } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    fake.receive('sip:bob@example.org', 'hello\u0007');
    fake.receive('sip:carol@example.org', 'elsewhere');
    expect(app.announcer.list.map((one) => one.text)).toEqual(['Bob Martin: hello\u2407']);
    clock.advance(5_000);
    expect(app.announcer.list).toEqual([]);
  });
});
