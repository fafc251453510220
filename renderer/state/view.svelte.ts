// What the window shows: tab, open conversation, the dialog in front, the pane of a narrow window.

export type Tab = 'chats' | 'people' | 'requests';
export type DialogName =
  'add-contact' | 'new-chat' | 'connection' | 'settings' | 'palette' | 'keys' | 'add-account' | 'history' | 'blocked' | 'jump-to-date';
export type RequestsPage = 'request' | 'answered' | 'watching' | 'rules';

export class ViewState {
  tab = $state<Tab>('chats');
  conversationId = $state<string | null>(null);
  /** The request in focus; the page beside it. */
  requestId = $state<string | null>(null);
  requestsPage = $state<RequestsPage>('request');
  dialog = $state<DialogName | null>(null);
  /** An address to begin `add-contact` with. */
  dialogAddress = $state('');
  /** The account to begin it with; '' for the first. */
  dialogAccountId = $state('');
  /** Below 640 px: the list, or what was chosen in it. */
  pane = $state<'list' | 'main'>('list');
  /** The chats of unknown senders instead of the others. */
  isShowingUnknown = $state(false);
  /** The conversation that the dialog `history` is about; null: everything. */
  historyOf = $state<string | null>(null);
  /** The details as a sheet, in windows too narrow for a pane. */
  isSheetOpen = $state(false);
  /** Set to put the keyboard focus somewhere: counted up, so that asking twice works. */
  composerFocus = $state(0);
  searchFocus = $state(0);
  /** The details are to show who somebody is, and take the focus; whoever shows it sets it back. */
  isTrustWanted = $state(false);

  /** The first sign-in is going on: the account is there already, but nobody knows yet whether the server takes it. */
  isSigningIn = $state(false);
  /** A sentence about what just went wrong and has no place of its own; '' for none. */
  notice = $state('');

  showTab(tab: Tab): void {
    this.tab = tab;
    this.pane = 'list';
    this.isSheetOpen = false;
  }

  showConversation(conversationId: string): void {
    this.conversationId = conversationId;
    if (this.tab === 'requests') this.tab = 'chats';
    this.pane = 'main';
    this.isSheetOpen = false;
    this.isTrustWanted = false;
    this.composerFocus += 1;
  }

  showRequest(requestId: string): void {
    this.tab = 'requests';
    this.requestsPage = 'request';
    this.requestId = requestId;
    this.pane = 'main';
  }

  showRequestsPage(page: RequestsPage): void {
    this.tab = 'requests';
    this.requestsPage = page;
    this.pane = 'main';
  }

  openDialog(dialog: DialogName, address = '', accountId = ''): void {
    this.dialogAddress = address;
    this.dialogAccountId = accountId;
    this.dialog = dialog;
  }

  openHistory(conversationId: string | null): void {
    this.historyOf = conversationId;
    this.openDialog('history');
  }

  closeDialog(): void {
    this.dialog = null;
  }

  back(): void {
    this.pane = 'list';
  }
}
