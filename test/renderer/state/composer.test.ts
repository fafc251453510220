// Typed text is never lost: drafts, sending, failing, what is typed meanwhile.
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../app/domain/conversation.ts';
import type { AppState } from '../../../renderer/state/app-state.svelte.ts';
import { settled, startApp } from '../support/app.ts';

function bob(app: AppState): Conversation {
  const conversation = app.conversations.byId.get('c-bob');
  if (conversation === undefined) throw new Error('no conversation with Bob');
  return conversation;
}

describe('ComposerState', () => {
  it('begins with the stored draft', async () => {
    const { app } = await startApp();
    const dave = app.conversations.byId.get('c-dave');
    expect(dave === undefined ? '' : app.composer.textOf(dave)).toBe('And another thing: the');
  });

  it('stores a draft soon after the first letter, with all that was typed by then, though typing never rests', async () => {
    const { app, fake, clock } = await startApp();
    const saved = (): unknown[] => fake.calls.filter((call) => call.name === 'saveDraft').map(({ input }) => input);
    app.composer.type('c-bob', 'H');
    clock.advance(200);
    app.composer.type('c-bob', 'Hello');
    clock.advance(49);
    expect(saved()).toEqual([]);
    clock.advance(1);
    app.composer.type('c-bob', 'Hello, you');
    clock.advance(250);
    expect(saved()).toEqual([
      { conversationId: 'c-bob', text: 'Hello' },
      { conversationId: 'c-bob', text: 'Hello, you' },
    ]);
  });

  it('stores what waits when the app is about to quit, and then lets it', async () => {
    const { app, fake } = await startApp();
    app.composer.type('c-bob', 'Hel');
    fake.announce({ type: 'quitting' });
    await settled();
    expect(fake.calls.slice(-2).map(({ name }) => name)).toEqual(['saveDraft', 'readyToQuit']);
  });

  it('stores at once when the window closes, and nothing that was not touched', async () => {
    const { app, fake } = await startApp();
    app.composer.type('c-bob', 'Hello');
    await app.composer.saveAll();
    await app.composer.saveAll();
    expect(fake.calls.filter((call) => call.name === 'saveDraft')).toHaveLength(1);
  });

  it('is empty at once when sending, and the draft is gone', async () => {
    const { app, fake } = await startApp();
    app.composer.type('c-bob', ' Hello \n');
    const sending = app.composer.send(bob(app));
    expect(app.composer.textOf(bob(app))).toBe('');
    expect(await sending).toBe(true);
    expect(fake.data.messages.get('c-bob')?.at(-1)).toMatchObject({ direction: 'out', text: ' Hello \n', state: 'queued' });
    expect(fake.calls.at(-1)).toEqual({ name: 'saveDraft', input: { conversationId: 'c-bob', text: '' } });
  });

  it('gives the text back, before what was typed since, when it was not taken', async () => {
    const { app, fake, clock } = await startApp();
    fake.failNext('sendMessage', { kind: 'unavailable', reason: 'The disk is full.' });
    app.composer.type('c-bob', 'first');
    const sending = app.composer.send(bob(app));
    app.composer.type('c-bob', 'second');
    expect(await sending).toBe(false);
    expect(app.composer.textOf(bob(app))).toBe('first\nsecond');
    expect(app.composer.failures.get('c-bob')).toBe('The disk is full.');
    clock.advance(400);
    await settled();
    expect(fake.calls.at(-1)).toEqual({ name: 'saveDraft', input: { conversationId: 'c-bob', text: 'first\nsecond' } });
  });

  it('sends neither blanks nor more than a message can hold', async () => {
    const { app, fake } = await startApp();
    app.composer.type('c-bob', ' \n ');
    expect(await app.composer.send(bob(app))).toBe(false);
    app.composer.type('c-bob', 'x'.repeat(60_003));
    expect(app.composer.excess(app.composer.textOf(bob(app)))).toBe(3);
    expect(await app.composer.send(bob(app))).toBe(false);
    expect(fake.calls.filter((call) => call.name === 'sendMessage')).toEqual([]);
    expect(app.composer.textOf(bob(app))).toHaveLength(60_003);
  });
});
