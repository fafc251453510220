// Electron's `ipcMain`, and how a message from the page reaches it.
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { EventEmitter } from 'node:events';
import { createEvent } from './event.ts';
import { createCodec } from './page/codec.ts';
import type { FromPage, ToPage } from './page/worlds.ts';

type InvokeHandler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

const { encode, decode } = createCodec();
const handlers = new Map<string, InvokeHandler>();

class StandinIpcMain extends EventEmitter implements Pick<IpcMain, 'handle'> {
  handle(channel: string, handler: InvokeHandler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  }
}

export const ipcMain = new StandinIpcMain();

export function eventForPage(channel: string, args: readonly unknown[]): ToPage {
  return { kind: 'event', channel, args: args.map(encode) };
}

/** Runs the handler of a message from the page. Resolves with the answer to send back; undefined when none is expected. */
export async function receiveFromPage(message: FromPage, sender: object, frameUrl: string): Promise<ToPage | undefined> {
  const event = createEvent({
    sender: sender as WebContents,
    senderFrame: { url: frameUrl, parent: null },
    frameId: 1,
    processId: 1,
    type: 'frame',
  });
  const args = message.args.map(decode);
  if (message.kind === 'send') {
    ipcMain.emit(message.channel, event, ...args);
    return undefined;
  }
  try {
    const handler = handlers.get(message.channel);
    if (!handler) throw new Error(`No handler registered for '${message.channel}'`);
    const value = await handler(event as unknown as IpcMainInvokeEvent, ...args);
    return { kind: 'reply', id: message.id, value: encode(value) };
  } catch (error) {
    return { kind: 'reply', id: message.id, error: `Error invoking remote method '${message.channel}': ${error}` };
  }
}
