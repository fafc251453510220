// What calls check alike: addresses, and that what they name is there. Failures name the field at fault.
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Address } from '../../app/domain/address.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message } from '../../app/domain/message.ts';
import * as store from '../store/index.ts';
import { readAddress } from './address-text.ts';
import type { Storage } from './storage.ts';

export function addressInput(text: string, field = 'address'): { address: Address; display?: string } {
  const reachable = readAddress(text);
  if (reachable.kind === 'failure') throw invalid(field, reachable.reason);
  return reachable;
}

export function requireConversation(storage: Storage, conversationId: string): Conversation {
  const conversation = storage.read((db) => store.getConversation(db, { conversationId }));
  if (conversation === null) throw notFound('conversationId', 'There is no such conversation.');
  return conversation;
}

export function requireMessage(storage: Storage, messageId: string): Message {
  const message = storage.read((db) => store.getMessage(db, { messageId }));
  if (message === null) throw notFound('messageId', 'There is no such message.');
  return message;
}

export function invalid(field: string, reason: string): CallFailure {
  return new CallFailure({ kind: 'invalid-input', field, reason });
}

export function notFound(field: string, reason: string): CallFailure {
  return new CallFailure({ kind: 'not-found', field, reason });
}
