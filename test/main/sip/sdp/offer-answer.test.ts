// Offer and answer row by row: RFC 3264 §4 to §8, RFC 6337 §2.
import { describe, expect, it } from 'vitest';
import { answerProblem, asNextVersion, changeProblem, makeAnswer, sameAnswer } from '../../../../main/sip/sdp/answer.ts';
import type { SdpDirection } from '../../../../main/sip/sdp/attribute.ts';
import { sdpDescription, sdpMedia } from '../../../../main/sip/sdp/description.ts';
import type { SdpMedia, SessionDescription } from '../../../../main/sip/sdp/description.ts';
import { NO_EXCHANGE, outgoingDescription, stepExchange } from '../../../../main/sip/sdp/exchange.ts';
import type { Exchange, ExchangeInput, ExchangePhase } from '../../../../main/sip/sdp/exchange.ts';

function message(port = 2855, attributes: SdpMedia['attributes'] = []): SdpMedia {
  return sdpMedia({ kind: 'message', port, protocol: 'TCP/MSRP', formats: ['*'], attributes });
}
const AUDIO = sdpMedia({ kind: 'audio', port: 4000, protocol: 'RTP/AVP', formats: ['0', '8'] });
function alice(...media: SdpMedia[]): SessionDescription {
  return sdpDescription({ sessionId: '1', address: '192.0.2.1', media });
}
function bob(...media: SdpMedia[]): SessionDescription {
  return sdpDescription({ sessionId: '2', address: '192.0.2.2', media });
}
function going(direction: SdpDirection): SdpMedia {
  return message(2855, [{ name: direction, value: undefined }]);
}

describe('an answer', () => {
  it('has a line for each offered one, and port 0 for what is refused', () => {
    const offer = { ...alice(AUDIO, message(), message(0)), times: [{ startSeconds: 1, stopSeconds: 2, repeats: [] }] };
    const asked: number[] = [];
    const answer = makeAnswer(offer, bob(), (offered, index) => {
      asked.push(index);
      return offered.kind === 'message' ? message(9) : undefined;
    });
    expect(answer).toEqual({ ...bob({ ...AUDIO, port: 0 }, message(9), message(0)), times: offer.times });
    expect(asked).toEqual([0, 1]);
    expect(answerProblem(offer, answer)).toBeUndefined();
  });

  it.each<[string, SessionDescription, SessionDescription, string | undefined]>([
    ['fits', alice(message()), bob(message(9)), undefined],
    ['refuses', alice(message()), bob(message(0)), undefined],
    ['is short', alice(message(), AUDIO), bob(message()), 'an answer has as many media lines as its offer'],
    ['is long', alice(message()), bob(message(), AUDIO), 'an answer has as many media lines as its offer'],
    ['is in another order', alice(message(), AUDIO), bob(AUDIO, message()), 'media 1 is of another kind than offered'],
    ['accepts what was not offered', alice(message(0)), bob(message()), 'media 1 was not offered'],
    [
      'changes the protocol',
      alice(message()),
      bob({ ...message(), protocol: 'TCP/TLS/MSRP' }),
      'media 1 has another protocol than offered',
    ],
  ])('that %s', (_name, offer, answer, problem) => {
    expect(answerProblem(offer, answer)).toBe(problem);
  });

  it('goes a direction that fits the offered one (§6.1)', () => {
    const directions: SdpDirection[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
    const fits = directions.map((offered) =>
      directions.filter((answered) => answerProblem(alice(going(offered)), bob(going(answered))) === undefined).join(' '),
    );
    expect(fits).toEqual(['sendrecv sendonly recvonly inactive', 'recvonly inactive', 'sendonly inactive', 'inactive']);
  });
});

describe('the answer to an offer that changes nothing', () => {
  it('is what was said last, where that fits', () => {
    const last = alice(message(), AUDIO, message(0));
    expect(sameAnswer(bob(message(9), AUDIO, message(0)), last)).toBe(last);
  });

  it('refuses what the peer had refused, and goes no way the peer had not taken', () => {
    const last = { ...alice(message(), going('sendonly'), AUDIO), attributes: [{ name: 'sendrecv', value: undefined }] };
    const offer = bob(message(0), going('recvonly'), { ...AUDIO, attributes: [{ name: 'recvonly', value: undefined }] });
    const answer = sameAnswer(offer, last);
    expect(answer).toEqual({
      ...last,
      media: [message(0), going('sendonly'), { ...AUDIO, attributes: [{ name: 'sendonly', value: undefined }] }],
    });
    expect(answerProblem(offer, answer)).toBeUndefined();
  });
});

describe('a later description (§8)', () => {
  it.each<[string, SessionDescription, SessionDescription, string | undefined]>([
    ['may be the same', alice(message()), alice(message()), undefined],
    ['may add a line', alice(message()), alice(message(), AUDIO), undefined],
    ['may end a line', alice(message()), alice(message(0)), undefined],
    ['may use an ended line for something else', alice(message(0)), alice(AUDIO), undefined],
    ['may not drop a line', alice(message(), AUDIO), alice(message()), 'media lines never vanish'],
    ['may change a kind (§8.3.3)', alice(message()), alice(AUDIO), undefined],
  ])('%s', (_name, before, now, problem) => {
    expect(changeProblem(before, now)).toBe(problem);
  });

  it('keeps the session, and counts its version on exactly when it changed', () => {
    const first = alice(message());
    const other = { ...bob(message(1)), origin: { ...bob().origin, version: '7' } };
    expect(asNextVersion(undefined, first)).toEqual(first);
    expect(asNextVersion(first, bob(message()))).toEqual({
      ...bob(message()),
      origin: { ...first.origin, version: '2' },
    });
    expect(asNextVersion(first, { ...first, origin: { ...first.origin, version: '99' } })).toEqual(first);
    expect(asNextVersion(first, other).origin).toEqual({ ...first.origin, version: '2' });
  });
});

describe('the exchange', () => {
  const OFFER = alice(message());
  const ANSWER = bob(message());
  const phases: Record<ExchangePhase, Exchange> = {
    none: NO_EXCHANGE,
    'local-offer': { ...NO_EXCHANGE, phase: 'local-offer', offer: OFFER, lastLocal: OFFER },
    'remote-offer': { ...NO_EXCHANGE, phase: 'remote-offer', offer: OFFER },
    stable: { phase: 'stable', offer: undefined, local: OFFER, remote: ANSWER, lastLocal: OFFER },
  };
  const inputs: ExchangeInput[] = ['offer-sent', 'offer-received', 'answer-sent', 'answer-received', 'given-up'];
  const rows: Record<ExchangePhase, string[]> = {
    none: ['local-offer', 'remote-offer', '-', '-', 'none'],
    'local-offer': ['-', '-', '-', 'stable', 'none'],
    'remote-offer': ['-', '-', 'stable', '-', 'none'],
    stable: ['local-offer', 'remote-offer', '-', '-', 'stable'],
  };

  it.each(Object.keys(rows) as ExchangePhase[])('in %s', (phase) => {
    const results = inputs.map((input) => {
      const result = stepExchange(phases[phase], input, OFFER);
      return result.kind === 'ok' ? result.exchange.phase : '-';
    });
    expect(results).toEqual(rows[phase]);
  });

  it('agrees, changes, and returns to what held when a change is refused', () => {
    const more = alice(message(), AUDIO);
    let exchange: Exchange = NO_EXCHANGE;
    const go = (input: ExchangeInput, description?: SessionDescription): void => {
      const result = stepExchange(exchange, input, description);
      if (result.kind === 'refused') throw new Error(result.reason);
      exchange = result.exchange;
    };
    go('offer-received', OFFER);
    go('answer-sent', ANSWER);
    expect(exchange).toEqual({ phase: 'stable', offer: undefined, local: ANSWER, remote: OFFER, lastLocal: ANSWER });
    const offered = outgoingDescription(exchange, bob(message(), AUDIO));
    go('offer-sent', offered);
    go('given-up');
    expect(exchange).toEqual({ phase: 'stable', offer: undefined, local: ANSWER, remote: OFFER, lastLocal: offered });
    expect([offered.origin.version, outgoingDescription(exchange, ANSWER).origin.version]).toEqual(['2', '3']);
    go('offer-received', more);
    expect(stepExchange(exchange, 'answer-sent', ANSWER)).toEqual({
      kind: 'refused',
      why: 'content',
      reason: 'an answer has as many media lines as its offer',
    });
    expect(stepExchange(exchange, 'offer-received', more)).toEqual({
      kind: 'refused',
      why: 'in-turn',
      reason: 'offer-received in remote-offer',
    });
  });

  it('refuses an offer that drops a line', () => {
    const exchange: Exchange = { ...phases.stable, remote: bob(message(), AUDIO), local: alice(message(), AUDIO) };
    expect(stepExchange(exchange, 'offer-received', ANSWER)).toEqual({
      kind: 'refused',
      why: 'content',
      reason: 'media lines never vanish',
    });
  });
});
