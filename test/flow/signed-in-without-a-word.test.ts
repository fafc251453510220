// Somebody whose presence says nothing: signed in without a word where the server tells of registrations (RFC 3680), away where it does not;
// a server that does not tell is asked once, and never again.
import { afterEach, expect, it } from 'vitest';
import type { Dialog, SipRequest } from '../../main/sip/index.ts';
import { dialogFromRequest, headerText, requestInDialog } from '../../main/sip/index.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

interface Watching {
  readonly ada: Person;
  readonly bob: Person;
  readonly bobAccount: string;
  seen(): Promise<unknown>;
}

/** Bob lets Ada see him, and publishes nothing. */
async function adaSeesNothingOfBob(): Promise<Watching> {
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const bobAccount = await bob.signIn();
  await bob.call('setOwnPresence', { accountId: bobAccount, availability: 'invisible' });
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  const adaAccount = await ada.signIn();
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await world.clock.advance(20_000);
  const seen = async (): Promise<unknown> => {
    const { contacts } = await ada.call('listContacts', { accountId: adaAccount });
    return contacts.map(({ subscription, presence }) => [subscription.state, presence.availability]);
  };
  return { ada, bob, bobAccount, seen };
}

/** The server answers questions about registrations from now on. */
function tellRegistrations(): { readonly asked: SipRequest[]; tell(version: number, state: string): void } {
  const { endpoint } = world.server;
  const asked: SipRequest[] = [];
  let dialog: Dialog | undefined;
  let text = '';
  const notify = (): void => {
    if (dialog === undefined) return;
    const headers = [
      { name: 'Event', value: 'reg' },
      { name: 'Subscription-State', value: 'active;expires=600' },
      { name: 'Content-Type', value: 'application/reginfo+xml' },
    ];
    const body = new TextEncoder().encode(text);
    const [next, request] = requestInDialog(dialog, 'NOTIFY', { contact: { user: 'reg' }, headers, body });
    dialog = next;
    void endpoint.send(request).outcome;
  };
  const write = (version: number, state: string): void => {
    text =
      `<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="${version}" state="full"><registration aor="sip:bob@example.test" id="r" ` +
      `state="${state}"><contact id="c" state="${state}" event="registered"><uri>sip:bob@192.0.2.3</uri></contact></registration></reginfo>`;
  };
  write(0, 'active');
  endpoint.onRequest(
    'SUBSCRIBE',
    ({ message }) => {
      asked.push(message);
      const expires = headerText(message, 'Expires') ?? '600';
      if (expires === '0') return { status: 200, headers: [{ name: 'Expires', value: '0' }] };
      dialog = dialogFromRequest(message, 'reg-tag');
      world.clock.startTimer(5, notify);
      return { status: 200, toTag: 'reg-tag', contact: { user: 'reg' }, headers: [{ name: 'Expires', value: expires }] };
    },
    'reg',
  );
  return {
    asked,
    tell(version, state) {
      write(version, state);
      notify();
    },
  };
}

it('is shown so while their registration lives, and not once they say something themselves', async () => {
  world = await createFlowWorld();
  const { asked, tell } = tellRegistrations();
  const { bob, bobAccount, seen } = await adaSeesNothingOfBob();
  expect(await seen()).toEqual([['active', 'silent']]);
  expect([asked.length, headerText(asked[0]!, 'Accept')]).toEqual([1, 'application/reginfo+xml']);
  tell(1, 'terminated');
  await world.clock.advance(1_000);
  expect(await seen()).toEqual([['active', 'offline']]);
  tell(2, 'active');
  await world.clock.advance(1_000);
  expect(await seen()).toEqual([['active', 'silent']]);
  await bob.call('setOwnPresence', { accountId: bobAccount, availability: 'busy' });
  await world.clock.advance(10_000);
  expect(await seen()).toEqual([['active', 'busy']]);
  expect(headerText(asked.at(-1)!, 'Expires')).toBe('0');
});

it.each([489, 403])('a server that answers %s is asked once, and not after a restart either', async (status) => {
  world = await createFlowWorld();
  let asked = 0;
  const refuse = (): { status: number } => {
    asked += 1;
    return { status };
  };
  world.server.endpoint.onRequest('SUBSCRIBE', refuse, 'reg');
  const { ada, seen } = await adaSeesNothingOfBob();
  expect([asked, await seen()]).toEqual([1, [['active', 'offline']]]);
  await ada.restart();
  await world.clock.advance(3_600_000);
  expect([asked, await seen()]).toEqual([1, [['active', 'offline']]]);
});
