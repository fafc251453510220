// For flow tests about messages: what a person has now, and requests as other programs send them through the server.
import type { Change } from '../../app/domain/change.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message, MessageState } from '../../app/domain/message.ts';
import type { Flow, HeaderField } from '../../main/sip/index.ts';
import { sipUri } from './endpoint-pair.ts';
import { DOMAIN } from './flow-world.ts';
import type { FlowWorld, Person } from './flow-world.ts';

export async function conversationsOf(person: Person): Promise<Conversation[]> {
  return (await person.call('listConversations', {})).conversations;
}

/** Of all conversations, oldest first in each. */
export async function messagesOf(person: Person): Promise<Message[]> {
  const messages: Message[] = [];
  for (const { conversationId } of await conversationsOf(person)) {
    messages.push(...(await person.call('listMessages', { conversationId, limit: 200 })).messages);
  }
  return messages;
}

export async function messageOf(person: Person, text: string): Promise<Message> {
  const message = (await messagesOf(person)).find((one) => one.text === text);
  if (message === undefined) throw new Error(`no message ${text}`);
  return message;
}

/** The states a message went through, by the changes that were announced. */
export function statesOf(changes: readonly Change[], messageId: string): MessageState[] {
  const states = changes.flatMap((change) => ('message' in change && change.message.messageId === messageId ? [change.message.state] : []));
  return states.filter((state, index) => state !== states[index - 1]);
}

/** Sends and waits until the message is in that state. Returns its id. */
export async function sendUntil(
  world: FlowWorld,
  person: Person,
  of: { accountId: string; address: string; text: string },
  state: MessageState,
): Promise<string> {
  const { messageId } = await person.call('sendMessage', of);
  await world.until(() => statesOf(person.changes, messageId).at(-1) === state);
  return messageId;
}

export interface RawMessage {
  readonly from?: string;
  readonly contentType?: string;
  readonly body: string;
  readonly headers?: readonly HeaderField[];
  readonly callId?: string;
  /** As a server sends what it kept: it passes through the server itself (INTEROP(Kamailio msilo)). The answer is not told then. */
  readonly isMadeByServer?: boolean;
}

/** A MESSAGE as another program of `from` sends it through the server. Resolves with the status. */
export async function sendRaw(
  world: FlowWorld,
  to: Person,
  { from = 'ada', contentType = 'text/plain', body, headers = [], callId, isMadeByServer = false }: RawMessage,
): Promise<number> {
  const [binding] = world.server.registrar.bindings(to.address);
  if (binding === undefined) throw new Error(`${to.address} is not registered`);
  const sender = { displayName: undefined, uri: sipUri(from, DOMAIN), parameters: [{ name: 'tag', value: `tag-${from}` }] };
  const sent = world.server.endpoint.send({
    method: 'MESSAGE',
    uri: binding.uri,
    from: sender,
    to: { displayName: undefined, uri: sipUri(to.address.slice(4, to.address.indexOf('@')), DOMAIN), parameters: [] },
    route: [],
    flow: binding.flow,
    headers: [{ name: 'Content-Type', value: contentType }, ...headers, ...(isMadeByServer ? [ownVia(binding.flow)] : [])],
    body: new TextEncoder().encode(body),
    ...(callId === undefined ? {} : { callId }),
  });
  const outcome = await world.clock.run(sent.outcome);
  return outcome.kind === 'final' ? outcome.response.status : 0;
}

function ownVia({ local }: Flow): HeaderField {
  return { name: 'Via', value: `SIP/2.0/UDP ${local.address}:${local.port};branch=z9hG4bK-kept` };
}

/** A text in a CPIM wrapper that asks for all reports. */
export function cpimText(text: string, id: string, to = `sip:bob@${DOMAIN}`, more: readonly string[] = []): string {
  return [
    `From: "Ada L." <sip:ada@${DOMAIN}>`,
    `To: <${to}>`,
    'DateTime: 2026-11-23T11:59:00Z',
    ...more,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${id}`,
    'imdn.Disposition-Notification: positive-delivery, display',
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
  ].join('\r\n');
}

/** Every MESSAGE that reaches the server from a person, as text. */
export function heardByServer(world: FlowWorld): { readonly bodies: string[] } {
  const bodies: string[] = [];
  world.server.registrar.refuse = (request) => {
    if (request.method === 'MESSAGE') bodies.push(new TextDecoder().decode(request.body));
    return undefined;
  };
  return { bodies };
}
