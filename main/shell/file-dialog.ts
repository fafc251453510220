// The system's dialogs for files, and the small texts that go to and from them. SECURITY: the page gets a path only when the person chose it.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { BrowserWindow, dialog, type FileFilter, type OpenDialogOptions, type SaveDialogOptions } from 'electron';
import { CallFailure } from '../../app/bridge/failure.ts';

/** A policy document with thousands of rules is smaller. */
const TEXT_LIMIT_BYTES = 1_000_000;

export interface FileQuestion {
  readonly purpose: 'save' | 'open';
  /** A name without a folder; separators in it are replaced. '' for none. */
  readonly suggestedName: string;
  readonly extensions: readonly string[];
}

function filtersOf(extensions: readonly string[]): FileFilter[] {
  return extensions.map((extension) => ({ name: `.${extension}`, extensions: [extension] }));
}

async function askToSave(options: SaveDialogOptions): Promise<string> {
  const window = BrowserWindow.getFocusedWindow();
  const answer = window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  return answer.canceled ? '' : answer.filePath;
}

async function askToOpen(options: OpenDialogOptions): Promise<string> {
  const window = BrowserWindow.getFocusedWindow();
  const answer = window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  return answer.canceled ? '' : (answer.filePaths[0] ?? '');
}

/** The path the person chose, or ''. */
export function chooseFile({ purpose, suggestedName, extensions }: FileQuestion): Promise<string> {
  const filters = filtersOf(extensions);
  if (purpose === 'open') return askToOpen({ properties: ['openFile'], filters });
  const defaultPath = suggestedName.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-');
  return askToSave({ filters, ...(defaultPath === '' ? {} : { defaultPath }) });
}

/** Where it was written, or '' when the person chose nothing. Throws CallFailure when it could not be. */
export async function saveTextFile(suggestedName: string, text: string): Promise<string> {
  const path = await chooseFile({ purpose: 'save', suggestedName, extensions: [] });
  if (path === '') return '';
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CallFailure({ kind: 'unavailable', reason: 'The file could not be written.', detail: String(error) });
  }
  return path;
}

/** The text of the file the person chose, or null. Throws CallFailure when it is too large or cannot be read. */
export async function openTextFile(): Promise<string | null> {
  const path = await chooseFile({ purpose: 'open', suggestedName: '', extensions: [] });
  if (path === '') return null;
  try {
    if ((await stat(path)).size <= TEXT_LIMIT_BYTES) return await readFile(path, 'utf8');
  } catch (error) {
    throw new CallFailure({ kind: 'unavailable', reason: 'The file could not be read.', detail: String(error) });
  }
  throw new CallFailure({ kind: 'refused', reason: 'This file is too large to be a document of rules.' });
}
