// Notifications, menus, tray, dialogs, images: taken down as notes, and driven by the control channel.
import type {
  MenuItemConstructorOptions,
  MessageBoxReturnValue,
  NotificationConstructorOptions,
  OpenDialogOptions,
  OpenDialogReturnValue,
  SaveDialogOptions,
  SaveDialogReturnValue,
} from 'electron';
import { EventEmitter } from 'node:events';
import { note } from './recording.ts';

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  static isSupported = (): boolean => true;
  readonly title: string;
  readonly body: string;

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    Notification.shown.push(this);
    note('notification', { title: this.title, body: this.body });
    this.emit('show', {});
  }

  close(): void {
    this.emit('close', {});
  }
}

export interface MenuEntry {
  readonly label: string;
  readonly role: string;
  readonly type: string;
  readonly accelerator: string;
  readonly click: (() => void) | undefined;
  readonly submenu: Menu | undefined;
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: MenuEntry[] = [];

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    for (const { label = '', role = '', type = 'normal', accelerator = '', click, submenu } of template) {
      menu.items.push({
        label,
        role,
        type,
        accelerator: String(accelerator),
        click: click as (() => void) | undefined,
        submenu: Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : undefined,
      });
    }
    return menu;
  }

  static setApplicationMenu = (menu: Menu | null): void => void (Menu.#application = menu);
  static getApplicationMenu = (): Menu | null => Menu.#application;

  /** The entry of that label, here or in a submenu. */
  find(label: string): MenuEntry | undefined {
    for (const entry of this.items) {
      const found = entry.label === label ? entry : entry.submenu?.find(label);
      if (found) return found;
    }
    return undefined;
  }
}

export class Tray extends EventEmitter {
  static readonly all: Tray[] = [];
  menu: Menu | null = null;
  toolTip = '';

  constructor(_image: unknown) {
    super();
    Tray.all.push(this);
  }

  setToolTip = (text: string): void => void (this.toolTip = text);
  setContextMenu = (menu: Menu | null): void => void (this.menu = menu);
}

/** What the next message boxes answer: the index of a button. */
export const dialogAnswers: number[] = [];

/** What the next dialogs for files answer: a path. */
export const fileAnswers: string[] = [];

export const dialog = {
  /** Takes (options) or (window, options), as Electron does. Without a prepared answer: the cancel button, or the first. */
  async showMessageBox(...args: unknown[]): Promise<MessageBoxReturnValue> {
    const options = args.at(-1) as { message: string; detail?: string; buttons?: string[]; cancelId?: number };
    note('message-box', { message: options.message, detail: options.detail ?? '', buttons: options.buttons ?? [] });
    return { response: dialogAnswers.shift() ?? options.cancelId ?? 0, checkboxChecked: false };
  },
  /** Without a prepared answer: cancelled. The dialogs of Electron take (options) or (window, options). */
  async showSaveDialog(...args: unknown[]): Promise<SaveDialogReturnValue> {
    const { defaultPath = '', filters = [] } = args.at(-1) as SaveDialogOptions;
    note('save-dialog', { defaultPath, extensions: filters.flatMap(({ extensions }) => extensions) });
    const filePath = fileAnswers.shift();
    return filePath === undefined ? { canceled: true, filePath: '' } : { canceled: false, filePath };
  },
  async showOpenDialog(...args: unknown[]): Promise<OpenDialogReturnValue> {
    const { filters = [] } = args.at(-1) as OpenDialogOptions;
    note('open-dialog', { extensions: filters.flatMap(({ extensions }) => extensions) });
    const filePath = fileAnswers.shift();
    return filePath === undefined ? { canceled: true, filePaths: [] } : { canceled: false, filePaths: [filePath] };
  },
  showErrorBox(title: string, content: string): void {
    note('error-box', { title, content });
    console.error(`${title}: ${content}`);
  },
};
