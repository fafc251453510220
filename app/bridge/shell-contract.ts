// What the window may ask of the desktop shell, beside the core's calls of contract.ts: settings, links, facts about the app.
import * as v from 'valibot';
import { changeSchema } from '../domain/change.ts';
import { contract, type Contract } from './contract.ts';
import { failureSchema, type Failure } from './failure.ts';

/** Longest link the shell hands to the system's browser. */
const URL_LIMIT = 2_000;
const SIDE_BAR_MIN_PX = 240;
const SIDE_BAR_MAX_PX = 360;
/** A day. */
const AWAY_MAX_MINUTES = 1_440;
/** Largest text handed to a file or read from one, in characters: a policy document with thousands of rules. */
const FILE_TEXT_LIMIT = 1_000_000;

const nothing = v.object({});

export const themeSchema = v.picklist(['system', 'light', 'dark']);
export type Theme = v.InferOutput<typeof themeSchema>;

/** Largest text put on the clipboard, in characters: technical details and several messages are far smaller. */
const COPY_LIMIT = 1_000_000;

/** The settings a person can change in the window. Each has a default in main/shell/settings/schema.ts. */
export const settingsSchema = v.object({
  theme: themeSchema,
  /** `system`, or a language of renderer/text/, e.g. `en`. */
  language: v.pipe(v.string(), v.regex(/^(system|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/)),
  sideBarWidthPx: v.pipe(v.number(), v.integer(), v.minValue(SIDE_BAR_MIN_PX), v.maxValue(SIDE_BAR_MAX_PX)),
  isDetailsOpen: v.boolean(),
  /** Do not disturb: no notification, no sound, no flashing. */
  isDoNotDisturb: v.boolean(),
  /** Show a notification for a message that arrives while the window is not in front. */
  hasNotifications: v.boolean(),
  /** After so many minutes without input the person is shown as away by itself; 0: never. */
  awayAfterMinutes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(AWAY_MAX_MINUTES)),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

const settingsPatchSchema = v.object({
  theme: v.exactOptional(settingsSchema.entries.theme),
  language: v.exactOptional(settingsSchema.entries.language),
  sideBarWidthPx: v.exactOptional(settingsSchema.entries.sideBarWidthPx),
  isDetailsOpen: v.exactOptional(settingsSchema.entries.isDetailsOpen),
  isDoNotDisturb: v.exactOptional(settingsSchema.entries.isDoNotDisturb),
  hasNotifications: v.exactOptional(settingsSchema.entries.hasNotifications),
  awayAfterMinutes: v.exactOptional(settingsSchema.entries.awayAfterMinutes),
});

export const appInfoSchema = v.object({
  version: v.string(),
  platform: v.string(),
  /** The system's language, e.g. `en-GB`. */
  locale: v.string(),
  /** The profile's folder. */
  profile: v.string(),
});
export type AppInfo = v.InferOutput<typeof appInfoSchema>;

export const shellContract = {
  getSettings: { input: nothing, output: v.object({ settings: settingsSchema }) },
  changeSettings: { input: settingsPatchSchema, output: v.object({ settings: settingsSchema }) },
  /** Opens an http(s) link in the system's browser; anything else is `refused`. */
  openExternal: { input: v.object({ url: v.pipe(v.string(), v.maxLength(URL_LIMIT)) }), output: nothing },
  /** Puts a text on the system's clipboard. SECURITY: the page itself may not, and nothing reads the clipboard. */
  copyText: { input: v.object({ text: v.pipe(v.string(), v.maxLength(COPY_LIMIT)) }), output: nothing },
  /** The system's dialog for a file to write or to read. '' when the person chose none. `extensions` without a dot. */
  chooseFile: {
    input: v.object({
      purpose: v.picklist(['save', 'open']),
      suggestedName: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
      extensions: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z0-9]{1,10}$/))), v.maxLength(10)), []),
    }),
    output: v.object({ path: v.string() }),
  },
  /** Asks where, and writes a text there. `path` is '' when the person chose none. */
  saveTextFile: {
    input: v.object({ suggestedName: v.pipe(v.string(), v.maxLength(200)), text: v.pipe(v.string(), v.maxLength(FILE_TEXT_LIMIT)) }),
    output: v.object({ path: v.string() }),
  },
  /** Asks which, and reads it as UTF-8. null when the person chose none; `refused` when it is larger than a million bytes. */
  openTextFile: { input: nothing, output: v.object({ text: v.nullable(v.string()) }) },
  /** The answer to `quitting`: nothing in the page waits to be stored any more. */
  readyToQuit: { input: nothing, output: nothing },
  getAppInfo: { input: nothing, output: v.object({ appInfo: appInfoSchema }) },
} as const;

/** What a menu item or its key asks of the window. */
export const windowCommandSchema = v.picklist([
  'new-chat',
  'show-chats',
  'show-people',
  'show-requests',
  'show-connection',
  'show-settings',
  'show-palette',
  'show-keys',
  'find-here',
  'find-everywhere',
]);
export type WindowCommand = v.InferOutput<typeof windowCommandSchema>;

export const shellChangeSchema = v.variant('type', [
  v.object({ type: v.literal('settings-changed'), settings: settingsSchema }),
  /** A notification was clicked: show this conversation. */
  v.object({ type: v.literal('conversation-chosen'), conversationId: v.string() }),
  v.object({ type: v.literal('command-chosen'), command: windowCommandSchema }),
  /** The app is about to end: store what waits, then call `readyToQuit`. */
  v.object({ type: v.literal('quitting') }),
]);
export type ShellChange = v.InferOutput<typeof shellChangeSchema>;

/** Everything the window may call. */
export const pageContract = { ...contract, ...shellContract } as const;
export type PageContract = Contract & typeof shellContract;
export type PageCallName = keyof PageContract;
export type PageCallInput<N extends PageCallName> = v.InferInput<PageContract[N]['input']>;
export type PageCallOutput<N extends PageCallName> = v.InferOutput<PageContract[N]['output']>;

/** Everything the window may be told. */
export const pageChangeSchema = v.union([changeSchema, shellChangeSchema]);
export type PageChange = v.InferOutput<typeof pageChangeSchema>;

/** What comes back for a call: either an output or a failure, never an exception. */
export type PageReply<N extends PageCallName> =
  { readonly output: PageCallOutput<N>; readonly failure?: never } | { readonly failure: Failure; readonly output?: never };

/** The shape of a reply before its output is checked by the call's own schema. */
export const rawReplySchema = v.union([v.strictObject({ output: v.unknown() }), v.strictObject({ failure: failureSchema })]);
