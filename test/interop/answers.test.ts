// A real SIPp behind the development server gives every answer that matters to a text: what is refused fails with its reason, what may pass waits.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../build/server/ports.ts';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { People, type Person } from './support/people.ts';
import { startSipp } from './support/sipp.ts';

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startServer({ finalResponseMs: 2_000 });
});
afterAll(() => server.stop());

let people: People;
let ada: Person;
let sippPort: number;
let address: string;
beforeEach(async () => {
  people = new People(server);
  ada = await people.signIn('ada', 'tcp');
  sippPort = (await freePorts(server.host, undefined)).sip;
  address = `sip:sipp@${server.host}:${sippPort}`;
});
afterEach(() => people.end());

const answering = (status: number, scenario = 'refuse-message') =>
  startSipp({ scenario, localPort: sippPort, transport: 'udp', calls: 1, status });
const send = (text: string) => ada.app.call('sendMessage', { accountId: ada.accountId, address, text });
const reached = (text: string, state: string) =>
  ada.app.change('message-changed', ({ message }) => message.text === text && message.state === state);

test('202: accepted', async () => {
  const sipp = await answering(202);
  await send('for later');
  await reached('for later', 'accepted');
  await sipp.ended;
});

describe('refused: it fails with the code, and the next one goes', () => {
  test.each([
    [404, 'server'],
    [415, 'peer'],
    [480, 'server'],
    [486, 'peer'],
    [603, 'peer'],
  ] as const)('%i', async (status, by) => {
    const refusing = await answering(status);
    const { messageId } = await send('no');
    const { message } = await reached('no', 'failed');
    expect([message.failure?.code, message.failure?.by]).toEqual([status, by]);
    await refusing.ended;
    const { details } = await ada.app.call('getMessageDetails', { messageId });
    expect(details.exchange.map(({ line }) => line)).toContain(`SIP/2.0 ${status} Refused`);
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sippPort, transport: 'udp', calls: 1 });
    await send('yes');
    await reached('yes', 'accepted');
    expect((await accepting.ended).exitCode).toBe(0);
  });
});

describe('the way is the trouble: it waits, and goes by itself', () => {
  test.each([
    ['408', 408, 'refuse-message'],
    ['503 with Retry-After', 503, 'busy-message'],
  ] as const)('%s', async (_name, status, scenario) => {
    const refusing = await answering(status, scenario);
    await send('patience');
    await reached('patience', 'queued');
    await refusing.ended;
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sippPort, transport: 'udp', calls: 1 });
    await reached('patience', 'accepted');
    expect((await accepting.ended).exitCode).toBe(0);
  });

  test('silence', async () => {
    await send('anybody?');
    await reached('anybody?', 'queued');
    const accepting = await startSipp({ scenario: 'receive-message', localPort: sippPort, transport: 'udp', calls: 1 });
    await reached('anybody?', 'accepted');
    expect((await accepting.ended).exitCode).toBe(0);
  });
});
