// A SIP server for tests: a second real endpoint whose answers a test scripts, and which can notify its subscribers.
import { contactHeader, dialogFromRequest, headerField, requestInDialog } from '../../main/sip/index.ts';
import type { Dialog, Endpoint, EndpointOptions, HeaderField, NameAddr, Outcome, Reply, SipRequest } from '../../main/sip/index.ts';
import type { TestInternet } from './endpoint-pair.ts';
import { sipUri } from './endpoint-pair.ts';

export const SERVER_ADDRESS = '192.0.2.100';
export const CLIENT_ADDRESS = '192.0.2.1';
export const ADA = sipUri('ada', SERVER_ADDRESS);
export const BOB = sipUri('bob', SERVER_ADDRESS);

type Script = (request: SipRequest, index: number) => Reply | Promise<Reply>;

export interface ScriptedServer {
  readonly endpoint: Endpoint;
  /** Everything that arrived, oldest first. */
  readonly requests: SipRequest[];
  /** Answers each request of the method; `index` counts them from 0. */
  script(method: string, script: Script, event?: string): void;
  /** Makes a dialog of a SUBSCRIBE, for `notify`. Its tag must be the reply's `toTag`. */
  dialogFor(subscribe: SipRequest, toTag: string): Dialog;
  notify(dialog: Dialog, event: string, state: string, more?: NotifyParts): { dialog: Dialog; outcome: Promise<Outcome> };
  stop(): Promise<void>;
}

export interface NotifyParts {
  readonly contentType?: string;
  readonly text?: string;
  readonly headers?: readonly HeaderField[];
}

export async function createScriptedServer(net: TestInternet, options: Partial<EndpointOptions> = {}): Promise<ScriptedServer> {
  const endpoint = await net.endpoint(SERVER_ADDRESS, options);
  const requests: SipRequest[] = [];
  return {
    endpoint,
    requests,
    script(method, script, event) {
      let index = 0;
      endpoint.onRequest(
        method,
        ({ message }) => {
          requests.push(message);
          return script(message, index++);
        },
        event,
      );
    },
    dialogFor(subscribe, toTag) {
      const dialog = dialogFromRequest(subscribe, toTag);
      if (dialog === undefined) throw new Error('no dialog');
      return dialog;
    },
    notify(dialog, event, state, more = {}) {
      const headers: HeaderField[] = [
        { name: 'Event', value: event },
        { name: 'Subscription-State', value: state },
        ...(more.contentType === undefined ? [] : [{ name: 'Content-Type', value: more.contentType }]),
        ...(more.headers ?? []),
      ];
      const parts = {
        headers,
        contact: { user: 'agent' },
        ...(more.text === undefined ? {} : { body: new TextEncoder().encode(more.text) }),
      };
      const [next, request] = requestInDialog(dialog, 'NOTIFY', parts);
      return { dialog: next, outcome: endpoint.send(request).outcome };
    },
    stop: () => endpoint.stop(),
  };
}

/** 200 to REGISTER with these bindings besides the one asked for. */
export function bound(
  request: SipRequest,
  expiresSeconds: number,
  others: readonly NameAddr[] = [],
  headers: readonly HeaderField[] = [],
): Reply {
  const own = request.contacts === '*' ? [] : request.contacts;
  const bindings = [...others, ...own.map((contact) => withExpires(contact, expiresSeconds))];
  return { status: 200, headers: [contactField(bindings), ...headers] };
}

export function contactField(contacts: readonly NameAddr[]): HeaderField {
  return headerField(contactHeader, contacts);
}

export function withExpires(contact: NameAddr, expiresSeconds: number): NameAddr {
  const parameters = contact.parameters.filter((parameter) => parameter.name !== 'expires');
  return { ...contact, parameters: [...parameters, { name: 'expires', value: String(expiresSeconds) }] };
}

export function headerOf(request: SipRequest, name: string): string | undefined {
  return request.headers.find((field) => field.name === name)?.value;
}
