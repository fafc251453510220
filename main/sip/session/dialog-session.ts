// A session as its users see it: the face of one core.
import type { Dialog } from '../dialog/dialog.ts';
import type { Outcome, OutgoingRequest, OwnContact } from '../endpoint.ts';
import type { HeaderField } from '../message/message.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { changeSession, refreshSession } from './change-session.ts';
import { SessionCore } from './session-core.ts';
import type { SessionSetting } from './session-core.ts';
import type { EndReason, SessionPhase, SessionRole } from './session-step.ts';
import type { Answerer, ChangeOutcome, Session } from './session.ts';

/** What a new session is made of. */
export interface SessionSeed {
  readonly setting: SessionSetting;
  readonly role: SessionRole;
  readonly dialog: Dialog;
  readonly contact: OwnContact | undefined;
  readonly answerer: Answerer | undefined;
}

export class DialogSession implements Session {
  readonly core: SessionCore;

  constructor({ setting, role, dialog, contact, answerer }: SessionSeed) {
    this.core = new SessionCore(setting, role, dialog, contact ?? setting.contact);
    this.core.answerer = answerer;
    this.core.refresh = () => this.core.background(refreshSession(this.core, this));
  }

  get role(): SessionRole {
    return this.core.role;
  }

  get phase(): SessionPhase {
    return this.core.phase;
  }

  get dialog(): Dialog {
    return this.core.dialog;
  }

  get local(): SessionDescription | undefined {
    return this.core.exchange.local;
  }

  get remote(): SessionDescription | undefined {
    return this.core.exchange.remote;
  }

  get endReason(): EndReason | undefined {
    return this.core.endReason;
  }

  get confirmed(): Promise<EndReason | undefined> {
    return this.core.confirmed.promise;
  }

  get ended(): Promise<EndReason> {
    return this.core.ended.promise;
  }

  change(offer: SessionDescription, method: 'INVITE' | 'UPDATE' = 'INVITE'): Promise<ChangeOutcome> {
    return changeSession(this.core, this, offer, method);
  }

  request(method: string, parts: Pick<OutgoingRequest, 'headers' | 'body'> = {}): Promise<Outcome> {
    return this.core.phase === 'ended' ? Promise.resolve({ kind: 'cancelled' }) : this.core.request(method, parts);
  }

  end(headers: readonly HeaderField[] = []): Promise<EndReason> {
    this.core.byeHeaders = headers;
    this.core.run('hang-up');
    return this.ended;
  }

  onOffer(answerer: Answerer): void {
    this.core.answerer = answerer;
  }
}
