// The preload: exposes ONE frozen object, `window.watchword`. Loops over the contract and checks what passes in both directions; nothing else.
import { contextBridge, ipcRenderer } from 'electron';
import { CHANGE_CHANNEL, LISTENING_CHANNEL } from '../bridge/channel.ts';
import type { PageChange } from '../bridge/shell-contract.ts';
import { createCalls } from './calls.ts';
import { createChangeFan } from './change-fan.ts';

const calls = createCalls((channel, input) => ipcRenderer.invoke(channel, input) as Promise<unknown>);
const fan = createChangeFan(() => ipcRenderer.send(LISTENING_CHANNEL));
ipcRenderer.on(CHANGE_CHANNEL, (_event, change: unknown) => fan.receive(change));

contextBridge.exposeInMainWorld(
  'watchword',
  Object.freeze({
    call: (name: unknown, input: unknown) => calls.call(name, input),
    onChange: (listener: (change: PageChange) => void) => fan.onChange(listener),
  }),
);
