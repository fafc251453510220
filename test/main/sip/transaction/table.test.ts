// The transaction table under a clock that stands still: when what is sent, what is absorbed, what is refused.
import { describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../../../../main/sip/index.ts';
import { parseMessage, printMessage } from '../../../../main/sip/index.ts';
import type { ServerTransaction } from '../../../../main/sip/transaction/server-transaction.ts';
import { MOST_UNANSWERED, MOST_UNANSWERED_PER_SOURCE, TransactionTable } from '../../../../main/sip/transaction/table.ts';
import { Counts } from '../../../../main/sip/transport/counts.ts';
import { makeResponse } from '../../../../main/sip/transport/make-response.ts';
import type { TransportFlow } from '../../../../main/sip/transport/transport.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const SOURCE = { address: '192.0.2.1', port: 5060 };

function request(method: string, more: { branch?: string; callId?: string; cseq?: number; toTag?: string } = {}): SipRequest {
  const { branch = 'z9hG4bKone', callId = 'call-1', cseq = 1, toTag } = more;
  const text = [
    `${method} sip:bob@192.0.2.2 SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
    'Max-Forwards: 70',
    'From: <sip:alice@192.0.2.1>;tag=a',
    `To: <sip:bob@192.0.2.2>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const result = parseMessage(Buffer.from(text));
  if (result.kind !== 'message' || result.message.kind !== 'request') throw new Error('no request');
  return result.message;
}

function setUp(isReliable: boolean, answer: (transaction: ServerTransaction) => number | undefined = () => undefined) {
  const clock = createFakeClock();
  const counts = new Counts();
  const sent: string[] = [];
  const acks: string[] = [];
  let startMs = clock.monotonicMs();
  const flow: TransportFlow = {
    id: 'flow',
    protocol: isReliable ? 'tcp' : 'udp',
    isReliable,
    isOpen: true,
    local: { address: '192.0.2.2', port: 5060 },
    remote: SOURCE,
    hasPonged: false,
    heardCount: 0,
    ping: () => undefined,
    giveUp: () => undefined,
    send: (bytes) => void sent.push(`${clock.monotonicMs() - startMs} ${new TextDecoder().decode(bytes).split('\r\n')[0]}`),
  };
  const transactions: ServerTransaction[] = [];
  const table: TransactionTable = new TransactionTable({
    clock,
    counts,
    newTag: () => 'tag',
    reopen: () => Promise.resolve(undefined),
    events: {
      onRequest(transaction) {
        transactions.push(transaction);
        const status = table.isCopy(transaction) ? 482 : answer(transaction);
        if (status !== undefined) transaction.respond(makeResponse(transaction.request, status, { toTag: 'b' }));
      },
      onAck: (ack) => void acks.push(ack.callId),
    },
  });
  const heard: string[] = [];
  const sendRequest = (message: SipRequest) =>
    table.send(message, printMessage(message), flow, {
      onResponse: (response: SipResponse) => void heard.push(`${clock.monotonicMs() - startMs} ${response.status}`),
      onTimeout: () => void heard.push(`${clock.monotonicMs() - startMs} timeout`),
      onTransportError: (error) => void heard.push(`error ${error.message}`),
    });
  const restart = (): void => {
    startMs = clock.monotonicMs();
    sent.length = 0;
  };
  return { clock, counts, table, flow, sent, acks, transactions, heard, sendRequest, restart };
}

function times(sent: readonly string[]): number[] {
  return sent.map((line) => Number(line.split(' ')[0]));
}

describe('client transactions', () => {
  it('send a MESSAGE again after 0.5, 1, 2, 4, 4… s and give up after 32 s', async () => {
    const { clock, table, sent, heard, sendRequest } = setUp(false);
    sendRequest(request('MESSAGE'));
    await clock.advance(60_000);
    expect(times(sent)).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect({ heard, left: table.size, timers: clock.pendingTimers() }).toEqual({ heard: ['32000 timeout'], left: 0, timers: 0 });
  });

  it('send an INVITE again at doubling intervals without bound', async () => {
    const { clock, sent, heard, sendRequest } = setUp(false);
    sendRequest(request('INVITE'));
    await clock.advance(60_000);
    expect({ times: times(sent), heard }).toEqual({ times: [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500], heard: ['32000 timeout'] });
  });

  it('send once over a reliable transport', async () => {
    const { clock, sent, heard, sendRequest } = setUp(true);
    sendRequest(request('MESSAGE'));
    await clock.advance(60_000);
    expect({ times: times(sent), heard }).toEqual({ times: [0], heard: ['32000 timeout'] });
  });

  it('slow down to T2 after a provisional response, and absorb repeated final ones', async () => {
    const { clock, table, counts, sent, heard, sendRequest } = setUp(false);
    const message = request('MESSAGE');
    sendRequest(message);
    table.receiveResponse(makeResponse(message, 100));
    await clock.advance(9_000);
    expect(times(sent)).toEqual([0, 500, 4_500, 8_500]);
    const final = makeResponse(message, 200, { toTag: 'b' });
    table.receiveResponse(final);
    table.receiveResponse(final);
    await clock.advance(5_000);
    table.receiveResponse(final);
    expect({ heard, unmatched: counts.values['responses-unmatched'], left: table.size }).toEqual({
      heard: ['0 100', '9000 200'],
      unmatched: 1,
      left: 0,
    });
  });

  it('acknowledge a refused INVITE once for each copy of the refusal', async () => {
    const { clock, table, sent, heard, sendRequest } = setUp(false);
    const invite = request('INVITE');
    sendRequest(invite);
    const busy = makeResponse(invite, 486, { toTag: 'b' });
    table.receiveResponse(busy);
    table.receiveResponse(busy);
    await clock.advance(32_000);
    expect({ sent, heard, left: table.size }).toEqual({
      sent: ['0 INVITE sip:bob@192.0.2.2 SIP/2.0', '0 ACK sip:bob@192.0.2.2 SIP/2.0', '0 ACK sip:bob@192.0.2.2 SIP/2.0'],
      heard: ['0 486'],
      left: 0,
    });
  });

  it('hand up every 2xx to an INVITE for 32 s', async () => {
    const { clock, table, heard, sendRequest } = setUp(false);
    const invite = request('INVITE');
    sendRequest(invite);
    table.receiveResponse(makeResponse(invite, 200, { toTag: 'b' }));
    await clock.advance(1_000);
    table.receiveResponse(makeResponse(invite, 200, { toTag: 'c' }));
    await clock.advance(31_000);
    expect({ heard, left: table.size }).toEqual({ heard: ['0 200', '1000 200'], left: 0 });
  });

  it('do not match a response with more Vias than ours, another branch or another method', () => {
    const { table, counts, heard, sendRequest } = setUp(false);
    const message = request('MESSAGE');
    sendRequest(message);
    const response = makeResponse(message, 200);
    table.receiveResponse({ ...response, vias: [...response.vias, ...response.vias] });
    table.receiveResponse(makeResponse(request('MESSAGE', { branch: 'z9hG4bKtwo' }), 200));
    table.receiveResponse({ ...response, cseq: { number: 1, method: 'NOTIFY' } });
    expect({ heard, counts: counts.values }).toEqual({
      heard: [],
      counts: expect.objectContaining({ 'responses-not-for-us': 1, 'responses-unmatched': 2 }) as object,
    });
    table.stop();
  });

  it('end when their connection does', () => {
    const { table, flow, heard, sendRequest } = setUp(true);
    sendRequest(request('MESSAGE'));
    table.flowClosed(flow, new Error('reset'));
    expect({ heard, left: table.size }).toEqual({ heard: ['error reset'], left: 0 });
  });
});

describe('server transactions', () => {
  it('absorb retransmissions and repeat the answer for 32 s over UDP', async () => {
    const { clock, table, flow, sent, transactions } = setUp(false, () => 200);
    const message = request('MESSAGE');
    for (let copies = 0; copies < 3; copies++) table.receiveRequest(message, flow, SOURCE);
    await clock.advance(31_999);
    table.receiveRequest(message, flow, SOURCE);
    expect({ handled: transactions.length, answers: sent.length, left: table.size }).toEqual({ handled: 1, answers: 4, left: 1 });
    await clock.advance(1);
    expect({ left: table.size, timers: clock.pendingTimers() }).toEqual({ left: 0, timers: 0 });
  });

  it('keep nothing of a request answered at once over TCP', () => {
    const { clock, table, flow, sent } = setUp(true, () => 200);
    table.receiveRequest(request('MESSAGE'), flow, SOURCE);
    expect({ sent, left: table.size, timers: clock.pendingTimers() }).toEqual({ sent: ['0 SIP/2.0 200 OK'], left: 0, timers: 0 });
  });

  it('say 100 after 3.5 s to a MESSAGE, and nothing at all after 32 s', async () => {
    const { clock, counts, table, flow, sent, transactions } = setUp(false);
    table.receiveRequest(request('MESSAGE'), flow, SOURCE);
    await clock.advance(40_000);
    const transaction = transactions[0];
    transaction?.respond(makeResponse(transaction.request, 408));
    expect({ sent, late: counts.values['replies-too-late'], left: table.size }).toEqual({
      sent: ['3500 SIP/2.0 100 Trying'],
      late: 1,
      left: 0,
    });
  });

  it('say 100 after 200 ms to an INVITE, repeat a refusal until the ACK, and stop then', async () => {
    const { clock, table, flow, sent, transactions, restart, acks } = setUp(false);
    const invite = request('INVITE');
    table.receiveRequest(invite, flow, SOURCE);
    await clock.advance(1_000);
    expect(sent).toEqual(['200 SIP/2.0 100 Trying']);
    restart();
    transactions[0]?.respond(makeResponse(invite, 405, { toTag: 'b' }));
    await clock.advance(4_000);
    expect(times(sent)).toEqual([0, 500, 1_500, 3_500]);
    table.receiveRequest(request('ACK', { toTag: 'b' }), flow, SOURCE);
    await clock.advance(5_000);
    expect({ count: sent.length, acks, left: table.size }).toEqual({ count: 4, acks: [], left: 0 });
  });

  it('say no 100 after a provisional response that came at once, and repeat that one to a copy', async () => {
    const { clock, table, flow, sent, transactions } = setUp(false, () => 183);
    table.receiveRequest(request('INVITE'), flow, SOURCE);
    await clock.advance(1_000);
    table.receiveRequest(request('INVITE'), flow, SOURCE);
    expect([sent, transactions.length]).toEqual([['0 SIP/2.0 183 Session Progress', '1000 SIP/2.0 183 Session Progress'], 1]);
    table.stop();
  });

  it('find the ACK of an INVITE of RFC 2543 without its branch', async () => {
    const { clock, table, flow, sent } = setUp(false, () => 486);
    table.receiveRequest(request('INVITE', { branch: 'old' }), flow, SOURCE);
    table.receiveRequest(request('ACK', { branch: 'old', toTag: 'b' }), flow, SOURCE);
    await clock.advance(10_000);
    expect({ count: sent.length, left: table.size }).toEqual({ count: 1, left: 0 });
  });

  it('match by the rules of RFC 2543 where the branch has no cookie (§17.2.3)', () => {
    const { table, counts, flow, transactions } = setUp(false);
    const old = (method: string, more: Parameters<typeof request>[1] = {}): SipRequest => request(method, { branch: 'old', ...more });
    table.receiveRequest(old('INVITE'), flow, SOURCE);
    table.receiveRequest(old('INVITE'), flow, SOURCE);
    expect([transactions.length, counts.values['requests-retransmitted']]).toEqual([1, 1]);
    // The same branch, as such clients may use it for all they send.
    table.receiveRequest(old('INVITE', { cseq: 2 }), flow, SOURCE);
    table.receiveRequest(old('INVITE', { callId: 'call-2' }), flow, SOURCE);
    table.receiveRequest(old('MESSAGE', { callId: 'call-3' }), flow, SOURCE);
    expect(transactions.map(({ request: { method, callId, cseq } }) => `${method} ${callId} ${cseq.number}`)).toEqual([
      'INVITE call-1 1',
      'INVITE call-1 2',
      'INVITE call-2 1',
      'MESSAGE call-3 1',
    ]);
    expect([table.cancelledBy(old('CANCEL', { cseq: 2 })), table.cancelledBy(old('CANCEL', { cseq: 3 }))]).toEqual([
      { kind: 'invite', transaction: transactions[1] },
      { kind: 'nothing' },
    ]);
    table.stop();
  });

  it('refuse with 503 and Retry-After beyond the bound of all sources together', () => {
    const { table, counts, flow, sent, transactions } = setUp(false);
    const from = (source: number) => ({ address: `192.0.2.${source}`, port: 5060 });
    for (let index = 0; index < MOST_UNANSWERED; index++) {
      const flood = request('MESSAGE', { branch: `z9hG4bK${index}`, callId: `call-${index}` });
      table.receiveRequest(flood, flow, from(Math.floor(index / MOST_UNANSWERED_PER_SOURCE)));
    }
    expect([transactions.length, sent]).toEqual([MOST_UNANSWERED, []]);
    const late = (index: number): SipRequest => request('MESSAGE', { branch: `z9hG4bKl${index}`, callId: `late-${index}` });
    table.receiveRequest(late(1), flow, from(99));
    expect([sent, counts.values['requests-over-limit']]).toEqual([['0 SIP/2.0 503 Service Unavailable'], 1]);
    const first = transactions[0];
    first?.respond(makeResponse(first.request, 200));
    table.receiveRequest(late(2), flow, from(99));
    expect(transactions.length).toBe(MOST_UNANSWERED + 1);
    table.stop();
  });

  it('refuse a merged request with 482', () => {
    const { table, counts, flow, sent } = setUp(false, () => 200);
    table.receiveRequest(request('MESSAGE'), flow, SOURCE);
    table.receiveRequest(request('MESSAGE', { branch: 'z9hG4bKtwo' }), flow, SOURCE);
    expect({ sent, merged: counts.values['requests-merged'] }).toEqual({
      sent: ['0 SIP/2.0 200 OK', '0 SIP/2.0 482 Loop Detected'],
      merged: 1,
    });
    table.stop();
  });

  it('refuse with 503 beyond the bound of one source, and still serve another', () => {
    const { table, counts, flow, sent, transactions } = setUp(false);
    const flood = (index: number): SipRequest => request('MESSAGE', { branch: `z9hG4bK${index}`, callId: `call-${index}` });
    for (let index = 0; index <= MOST_UNANSWERED_PER_SOURCE; index++) table.receiveRequest(flood(index), flow, SOURCE);
    expect({ sent, over: counts.values['requests-over-limit'] }).toEqual({ sent: ['0 SIP/2.0 503 Service Unavailable'], over: 1 });
    table.receiveRequest(flood(5_000), flow, { address: '192.0.2.9', port: 5060 });
    const first = transactions[0];
    first?.respond(makeResponse(first.request, 200));
    table.receiveRequest(flood(5_001), flow, SOURCE);
    expect(transactions.length).toBe(MOST_UNANSWERED_PER_SOURCE + 2);
    table.stop();
  });
});
