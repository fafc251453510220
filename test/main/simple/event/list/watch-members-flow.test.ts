// Watching many between two real endpoints: by a list on the server, by one in the request, alone, and whom the list forgets.
import { describe, expect, it } from 'vitest';
import type { RlmiResource } from '../../../../../main/simple/document/rlmi.ts';
import { createSubscriber } from '../../../../../main/simple/event/subscriber.ts';
import { watchMembers } from '../../../../../main/simple/event/list/watch-members.ts';
import type { WatchMembersOptions } from '../../../../../main/simple/event/list/watch-members.ts';
import type { Dialog, Reply, SipRequest } from '../../../../../main/sip/index.ts';
import { printMultipart } from '../../../../../main/sip/index.ts';
import { createTestInternet, sipUri } from '../../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../../support/fake-random.ts';
import { printRlmi } from '../../../../support/print-rlmi.ts';
import { ADA, CLIENT_ADDRESS, SERVER_ADDRESS, createScriptedServer, headerOf } from '../../../../support/scripted-server.ts';

const PIDF = 'application/pidf+xml';
const LIST = sipUri('list', SERVER_ADDRESS);
const people = ['bob', 'carol', 'dave'].map((name) => `sip:${name}@${SERVER_ADDRESS}`);
const [BOB = '', CAROL = '', DAVE = ''] = people;

async function setUp(more: Partial<WatchMembersOptions> = {}) {
  const net = createTestInternet();
  const server = await createScriptedServer(net, { supported: ['eventlist', 'recipient-list-subscribe'] });
  const outboundProxy = sipUri(undefined, SERVER_ADDRESS, { parameters: [{ name: 'transport', value: 'tcp' }] });
  const endpoint = await net.endpoint(CLIENT_ADDRESS, { outboundProxy, supported: ['eventlist'] });
  const parts = { endpoint, clock: net.clock, random: createFakeRandom(3), log: () => undefined };
  const subscriber = createSubscriber({ ...parts, address: ADA, event: 'presence' });
  const said: string[] = [];
  const states = new Map<string, string>();
  const watch = watchMembers({
    subscriber,
    clock: net.clock,
    log: () => undefined,
    accept: [PIDF],
    onWay: (way, isLearned) => said.push(`way ${way}${isLearned ? ' learned' : ''}`),
    onNotify: (uri, { state, reason, body }) => said.push(`${nameIn(uri)} ${state} ${reason}${new TextDecoder().decode(body)}`.trim()),
    onState: (uri, state) => void states.set(nameIn(uri), state.kind),
    ...more,
  });
  return { net, server, endpoint, subscriber, watch, said, states, clock: net.clock };
}

const nameIn = (uri: string): string => uri.slice(4, uri.indexOf('@'));

type Entry = readonly [RlmiResource, string | undefined];

function resource(uri: string, state?: 'active' | 'pending' | 'terminated', body?: string, reason?: string): Entry {
  const contentId = body === undefined ? undefined : `${nameIn(uri)}@parts`;
  return [{ uri, name: undefined, instances: state === undefined ? [] : [{ id: '1', state, reason, contentId }] }, body];
}

/** A list notification. */
function listBody(version: number, isFullState: boolean, ...resources: readonly Entry[]) {
  const rlmi = printRlmi({ uri: 'sip:list@x', version, isFullState, name: undefined, resources: resources.map(([entry]) => entry) });
  const part = (id: string, type: string, text: string) => ({
    headers: [
      { name: 'Content-ID', value: `<${id}>` },
      { name: 'Content-Type', value: type },
    ],
    body: new TextEncoder().encode(text),
  });
  const states = resources.flatMap(([entry, body]) => (body === undefined ? [] : [part(`${nameIn(entry.uri)}@parts`, PIDF, body)]));
  const printed = printMultipart('related', [part('root@parts', 'application/rlmi+xml', rlmi), ...states], 'boundary');
  return {
    contentType: `${printed.contentType};type="application/rlmi+xml";start="<root@parts>"`,
    text: new TextDecoder().decode(printed.body),
  };
}

const REQUIRE = { name: 'Require', value: 'eventlist' };

type Setting = Awaited<ReturnType<typeof setUp>>;

/** Answers SUBSCRIBEs to the list as `isList` says, those to people with their name. */
function serve(
  { server, clock }: Setting,
  answerList: (request: SipRequest) => Reply,
  isListTarget = (user: string | undefined): boolean => user === 'list',
) {
  const dialogs = new Map<string, Dialog>();
  server.script(
    'SUBSCRIBE',
    (request, index) => {
      const user = request.uri.kind === 'sip' ? request.uri.user : undefined;
      const inDialog = request.to.parameters.some(({ name }) => name === 'tag');
      const expires = headerOf(request, 'Expires') ?? '600';
      const reply: Reply = isListTarget(user) && !inDialog ? answerList(request) : { status: 200 };
      if (reply.status >= 300) return reply;
      const headers = [{ name: 'Expires', value: expires }, ...(reply.headers ?? [])];
      if (inDialog) return { ...reply, headers, contact: { user: 'agent' } };
      const dialog = server.dialogFor(request, `tag${index}`);
      dialogs.set(user ?? '', dialog);
      if (!isListTarget(user) && expires !== '0')
        clock.startTimer(5, () => void server.notify(dialog, 'presence', 'active;expires=600', { contentType: PIDF, text: 'alone' }));
      return { ...reply, headers, contact: { user: 'agent' }, toTag: `tag${index}` };
    },
    'presence',
  );
  const notify = async (body: { contentType: string; text: string }, user = 'list'): Promise<void> => {
    const sent = server.notify(dialogs.get(user)!, 'presence', 'active;expires=600', { ...body, headers: [REQUIRE] });
    dialogs.set(user, sent.dialog);
    await clock.run(sent.outcome);
  };
  return { notify };
}

describe('a list on the server', () => {
  it('says of each member what it is; gaps are filled by a refresh; whom it forgets is watched alone', async () => {
    const setting = await setUp({ serverList: LIST });
    const { server, watch, said, states, clock } = setting;
    const { notify } = serve(setting, () => ({ status: 200, headers: [REQUIRE] }));
    watch.setMembers(people);
    await clock.until(() => server.requests.length === 1);
    expect(headerOf(server.requests[0]!, 'Supported')).toBe('eventlist');
    expect(headerOf(server.requests[0]!, 'Accept')).toBe('multipart/related, application/rlmi+xml, application/pidf+xml');
    await clock.until(() => said.length === 1);
    await notify(listBody(1, true, resource(BOB), resource(CAROL), resource(DAVE)));
    await notify(listBody(2, false, resource(BOB, 'active', 'here'), resource(CAROL, 'terminated', undefined, 'rejected')));
    expect(said.splice(0)).toEqual([
      'way server-list learned',
      'bob pending',
      'carol pending',
      'dave pending',
      'bob active here',
      'carol terminated rejected',
    ]);
    expect(Object.fromEntries(states)).toEqual({ bob: 'active', carol: 'terminated', dave: 'pending' });

    await clock.advance(5_000);
    expect(said.splice(0)).toEqual(['dave active alone']);
    await notify(listBody(3, false, resource(DAVE, 'active', 'found')));
    await notify(listBody(5, false, resource(BOB, 'active', 'later')));
    await clock.advance(10);
    expect(said.splice(0)).toEqual(['dave active found', 'bob active later']);
    const refreshes = server.requests.filter(
      ({ to, uri }) => to.parameters.some(({ name }) => name === 'tag') && uri.kind === 'sip' && uri.user === 'agent',
    );
    expect(refreshes.map((request) => headerOf(request, 'Expires')).sort()).toEqual(['0', '600']);
    await clock.run(watch.stop(), 5_000);
  });

  it('asks somebody again alone whom the list calls refused, and does not let the list end that', async () => {
    const setting = await setUp({ serverList: LIST });
    const { watch, said, states, clock } = setting;
    const { notify } = serve(setting, () => ({ status: 200, headers: [REQUIRE] }));
    watch.setMembers([BOB, CAROL]);
    await clock.until(() => said.length === 1);
    const rejected = resource(CAROL, 'terminated', undefined, 'rejected');
    await notify(listBody(1, true, resource(BOB, 'active', 'here'), rejected));
    watch.askAgain(CAROL);
    watch.askAgain(DAVE);
    await clock.advance(1_000);
    await notify(listBody(2, true, resource(BOB, 'active', 'here'), rejected));
    expect(Object.fromEntries(states)).toEqual({ bob: 'active', carol: 'active' });
    await notify(listBody(3, true, resource(BOB, 'active', 'here'), resource(CAROL, 'active', 'back')));
    expect(said.slice(1)).toEqual([
      'bob active here',
      'carol terminated rejected',
      'carol active alone',
      'bob active here',
      'bob active here',
      'carol active back',
    ]);
    await clock.run(watch.stop(), 5_000);
  });

  it('where it takes a list for one person, the next way is taken, and so on to each alone', async () => {
    const setting = await setUp({ serverList: LIST, listServer: sipUri(undefined, SERVER_ADDRESS) });
    const { server, watch, said, clock } = setting;
    serve(
      setting,
      (request) =>
        request.body.length === 0
          ? { status: 200 }
          : { status: 420, headers: [{ name: 'Unsupported', value: 'recipient-list-subscribe' }] },
      (user) => user === 'list' || user === undefined,
    );
    watch.setMembers(people);
    await clock.until(() => said.length === 5, 20_000);
    expect(said).toEqual(['way request-contained', 'way single learned', 'bob active alone', 'carol active alone', 'dave active alone']);
    const withList = server.requests.find(({ body }) => body.length > 0)!;
    expect([headerOf(withList, 'Require'), headerOf(withList, 'Content-Disposition'), headerOf(withList, 'Content-Type')]).toEqual([
      'recipient-list-subscribe',
      'recipient-list',
      'application/resource-lists+xml',
    ]);
    await clock.run(watch.stop(), 5_000);
  });
});

describe('what lists may bring', () => {
  it('a list in the list, partial presence, and somebody dropped', async () => {
    const setting = await setUp({ serverList: LIST });
    const { watch, said, clock } = setting;
    const { notify } = serve(setting, () => ({ status: 200, headers: [REQUIRE] }));
    watch.setMembers(people);
    await clock.until(() => said.length === 1);
    const inner = listBody(1, true, resource(CAROL, 'active', 'from inside'));
    const diff = (name: string, version: number, content: string): string =>
      `<d:${name} xmlns="urn:ietf:params:xml:ns:pidf" xmlns:d="urn:ietf:params:xml:ns:pidf-diff" entity="${BOB}" version="${version}">${content}</d:${name}>`;
    const nested: Entry = [
      { uri: 'sip:inner@x', name: undefined, instances: [{ id: '1', state: 'active', reason: undefined, contentId: 'inner@parts' }] },
      undefined,
    ];
    const outer = listBody(1, true, resource(BOB, 'active', diff('pidf-full', 1, '<note>one</note>')), nested, resource(DAVE, 'pending'));
    const part = `--boundary\r\nContent-ID: <inner@parts>\r\nContent-Type: ${inner.contentType.replace('boundary=boundary', 'boundary=innerone')}\r\n\r\n${inner.text.replaceAll('--boundary', '--innerone')}\r\n`;
    const typed = outer.text.replace(/(bob@parts>\r\nContent-Type: )[^\r]*/, '$1application/pidf-diff+xml');
    await notify({ ...outer, text: typed.replace(/--boundary--/, `${part}--boundary--`) });
    expect(said.splice(0).slice(1)).toEqual([
      `bob active <presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:d="urn:ietf:params:xml:ns:pidf-diff" entity="${BOB}"><note>one</note></presence>`,
      'carol active from inside',
      'dave pending',
    ]);
    await notify(listBody(2, true, nested, resource(DAVE, 'active', 'here')));
    expect(said.splice(0)).toEqual(['dave active here', 'bob terminated noresource']);
    await clock.advance(5_000);
    expect(said.splice(0)).toEqual(['bob active alone']);
    await clock.run(watch.stop(), 5_000);
    expect(said).toEqual([]);
  });
});

describe('a list in the request', () => {
  it('is made anew when members change', async () => {
    const setting = await setUp({ listServer: sipUri(undefined, SERVER_ADDRESS) });
    const { server, watch, said, clock } = setting;
    serve(
      setting,
      () => ({ status: 200, headers: [REQUIRE] }),
      (user) => user === undefined,
    );
    watch.setMembers([BOB]);
    await clock.until(() => said.length === 1);
    watch.setMembers([BOB, CAROL]);
    watch.setMembers(people);
    await clock.until(() => said.length === 2, 5_000);
    const lists = server.requests
      .filter(({ body }) => body.length > 0)
      .map(({ body }) => new TextDecoder().decode(body).match(/uri="/g)?.length);
    expect({ said, lists }).toEqual({ said: ['way request-contained learned', 'way request-contained learned'], lists: [1, 3] });
    await clock.run(watch.stop(), 5_000);
  });
});
