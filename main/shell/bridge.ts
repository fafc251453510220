// The bridge's end in the main process: one IPC handler per call of the contract, and changes pushed to the window.
import { ipcMain } from 'electron';
import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { callChannel, CHANGE_CHANNEL, LISTENING_CHANNEL } from '../../app/bridge/channel.ts';
import { pageContract, type PageCallName, type PageChange } from '../../app/bridge/shell-contract.ts';
import type { CallResult } from '../accounts/core.ts';
import { answerCall, type CallSources } from './answer-call.ts';
import { createChangeQueue, type ChangeQueue } from './change-queue.ts';
import { isPageUrl } from './page-address.ts';

/** SECURITY: only the top frame of our window, showing our page, is answered. */
function isOurPage(event: IpcMainInvokeEvent | IpcMainEvent, window: BrowserWindow | undefined): boolean {
  const frame = event.senderFrame;
  if (!window || window.isDestroyed() || !frame || frame.parent !== null) return false;
  return event.sender.id === window.webContents.id && isPageUrl(frame.url);
}

export interface Bridge {
  /** Tells the page, as soon as it listens. */
  push(change: PageChange): void;
  /** From now on this is the window that may call and is told. */
  attach(window: BrowserWindow): void;
}

export function setUpBridge(sources: CallSources): Bridge {
  let window: BrowserWindow | undefined;
  const queue: ChangeQueue = createChangeQueue((change) => {
    if (window && !window.isDestroyed()) window.webContents.send(CHANGE_CHANNEL, change);
  });

  for (const name of Object.keys(pageContract) as PageCallName[]) {
    ipcMain.handle(callChannel(name), async (event, input: unknown): Promise<CallResult> => {
      if (isOurPage(event, window)) return await answerCall(name, input, sources);
      sources.log('warn', `a call of ${name} from a foreign page was refused`);
      return { failure: { kind: 'refused', reason: 'Only the app’s own window may ask this.' } };
    });
  }
  ipcMain.on(LISTENING_CHANNEL, (event) => {
    if (isOurPage(event, window)) queue.open();
  });

  return {
    push: (change) => queue.push(change),
    attach(opened) {
      window = opened;
      queue.reset();
      opened.webContents.on('did-start-navigation', (details) => {
        if (details.isMainFrame && !details.isSameDocument) queue.reset();
      });
    },
  };
}
