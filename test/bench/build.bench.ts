// Building and sending a MESSAGE, beside JsSIP doing the same in the same run.
import { buildRequest, prepareRequest } from '../../main/sip/build-request.ts';
import { createNodeNetwork, createNodeRandom, parseUri } from '../../main/sip/index.ts';
import type { Endpoint, Flow, OutgoingRequest, StreamSocket, Uri } from '../../main/sip/index.ts';
import { printMessage } from '../../main/sip/message/print-message.ts';
import { type BenchTable, type Contender, compare, contender } from './bench.ts';
import { type NpmPeers, loadNpmPeers } from './npm-peers.ts';
import { openEndpoint } from '../support/open-endpoint.ts';

const unit = 'messages/s of CPU';
const PER_CALL = 100;
const TARGET = 'sip:pavel@quay.example';
const TEXT = 'Early ferry it is. I will bring the maps.';
/** As the endpoint takes them. */
const TOKEN_BITS = 96;

const random = createNodeRandom();
const local = { address: '198.51.100.24', port: 41_022 };
const remote = { address: '203.0.113.7', port: 5_060 };

function readUri(text: string): Uri {
  const result = parseUri(text);
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.value;
}

const ownUri = readUri('sip:nora@harbour.example');
const headers = [{ name: 'Content-Type', value: 'text/plain' }];

function message(target: string, text: string): OutgoingRequest {
  const uri = readUri(target);
  return {
    method: 'MESSAGE',
    uri,
    from: { displayName: 'Nora', uri: ownUri, parameters: [] },
    to: { displayName: undefined, uri, parameters: [] },
    headers,
    body: Buffer.from(text, 'utf8'),
  };
}

const prepareOptions = { outboundProxy: undefined, serviceRoute: [], newToken: () => random.token(TOKEN_BITS) };
const flow: Flow = { id: 'tcp:1', protocol: 'tcp', local, remote };

/** What `endpoint.send` does up to the bytes, but for the transaction: the target's text read, From tag, Call-ID, branch. */
function build(): Uint8Array {
  const prepared = prepareRequest(message(TARGET, TEXT), prepareOptions);
  const branch = random.branch();
  return printMessage(buildRequest(prepared, { flow, sentByPort: local.port, branch, cseqNumber: 1, product: 'bench', credentials: [] }));
}

function repeat(work: () => unknown): () => void {
  return () => {
    for (let index = 0; index < PER_CALL; index += 1) work();
  };
}

async function benchBuilding({ messages }: NpmPeers): Promise<BenchTable> {
  const theirs = repeat(() => messages.build(TARGET, TEXT));
  const rows = await compare([contender('ours', PER_CALL, repeat(build)), contender('JsSIP', PER_CALL, theirs)], unit);
  return { title: 'Building a MESSAGE from the text of its target and its body, to bytes', rows };
}

/** A connection that takes what it is given, tells of it, and is silent. */
class SilentSocket implements StreamSocket {
  readonly local = local;
  readonly remote = remote;
  onWritten: () => void = () => undefined;

  write(): boolean {
    this.onWritten();
    return true;
  }

  pendingBytes(): number {
    return 0;
  }

  close(): void {
    this.onWritten = () => undefined;
  }
}

function endpointOn(socket: StreamSocket): Promise<Endpoint> {
  return openEndpoint({
    random,
    network: { ...createNodeNetwork(), connectTcp: () => Promise.resolve(socket) },
    preferredTransport: 'tcp',
  });
}

/** The whole of it: transaction and timers included, until the socket has the bytes. Then it is given up. */
function sender(endpoint: Endpoint, socket: SilentSocket): Contender {
  const proxy = readUri(`sip:${remote.address}:${remote.port};transport=tcp;lr`);
  const route = [{ displayName: undefined, uri: proxy, parameters: [] }];
  return contender('ours', PER_CALL, async () => {
    for (let index = 0; index < PER_CALL; index += 1) {
      const written = new Promise<void>((resolve) => (socket.onWritten = resolve));
      const sent = endpoint.send({ ...message(TARGET, TEXT), route });
      await written;
      sent.cancel();
      await sent.outcome;
    }
  });
}

async function benchSending({ messages }: NpmPeers): Promise<BenchTable> {
  const socket = new SilentSocket();
  const endpoint = await endpointOn(socket);
  try {
    const theirs = repeat(() => messages.send(TARGET, TEXT));
    const rows = await compare([sender(endpoint, socket), contender('JsSIP', PER_CALL, theirs)], unit);
    return { title: 'Sending a MESSAGE: with its transaction, until the socket has the bytes', rows };
  } finally {
    await endpoint.stop();
  }
}

export default async function bench(): Promise<readonly BenchTable[]> {
  const peers = await loadNpmPeers();
  try {
    return [await benchBuilding(peers), await benchSending(peers)];
  } finally {
    peers.messages.stop();
  }
}
