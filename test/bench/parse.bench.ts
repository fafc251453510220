// Parsing and printing messages, beside npm `sip`, JsSIP, SIP.js, libosip2 and sofia-sip in the same run.
import type { SipMessage } from '../../main/sip/message/message.ts';
import { parseMessage } from '../../main/sip/message/parse-message.ts';
import { printMessage } from '../../main/sip/message/print-message.ts';
import { type BenchTable, type Contender, compare, contender } from './bench.ts';
import { startNativePeers } from './native-peers.ts';
import { type NpmPeers, loadNpmPeers } from './npm-peers.ts';
import { corpus } from './parse-corpus.ts';

const unit = 'messages/s of CPU';

function read(bytes: Buffer): SipMessage {
  const result = parseMessage(bytes);
  if (result.kind === 'failure') throw new Error(`the corpus holds a message that is refused: ${result.reason}`);
  return result.message;
}

/** A text parser over the corpus. As its transport does, it turns the bytes into text first. */
function textParser(name: string, parse: (text: string) => unknown): Contender {
  const refused = corpus.filter((bytes) => !isParsed(parse, bytes)).length;
  return contender(refused === 0 ? name : `${name}, ${refused} refused`, corpus.length, () => {
    for (const bytes of corpus) parse(bytes.toString('utf8'));
  });
}

function isParsed(parse: (text: string) => unknown, bytes: Buffer): boolean {
  try {
    return Boolean(parse(bytes.toString('utf8')));
  } catch {
    return false;
  }
}

async function benchParsing(peers: NpmPeers): Promise<BenchTable> {
  const native = await startNativePeers(corpus);
  for (const line of native.missing) process.stdout.write(`not measured: ${line}\n`);
  const { sip } = peers;
  /** The full parse: npm sip leaves the URIs in From, To, Contact and the request line as text. */
  const parseFully = (text: string): unknown => {
    const message = sip.parse(text);
    if (message === undefined) return undefined;
    if (message.uri !== undefined) sip.parseUri(message.uri);
    const { from, to, contact } = message.headers;
    for (const address of [from, to, ...(Array.isArray(contact) ? contact : [])]) sip.parseUri(address.uri);
    return message;
  };
  try {
    const rows = await compare(
      [
        contender('ours', corpus.length, () => {
          for (const bytes of corpus) parseMessage(bytes);
        }),
        textParser('npm sip', parseFully),
        textParser('npm sip, URIs left as text', (text) => sip.parse(text)),
        ...native.contenders,
        textParser('JsSIP', peers.jssip),
        textParser('SIP.js', peers.sipjs),
      ],
      unit,
    );
    const mean = Math.round(corpus.reduce((sum, bytes) => sum + bytes.length, 0) / corpus.length);
    return { title: `Full parse of ${corpus.length} messages, ${mean} bytes in the mean`, rows };
  } finally {
    native.close();
  }
}

async function benchPrinting({ sip }: NpmPeers): Promise<BenchTable> {
  const messages = corpus.map(read);
  const theirs = corpus.map((bytes) => sip.parse(bytes.toString('utf8')));
  const rows = await compare(
    [
      contender('ours', corpus.length, () => {
        for (const message of messages) printMessage(message);
      }),
      contender('npm sip', corpus.length, () => {
        for (const message of theirs) Buffer.from(sip.stringify(message), 'utf8');
      }),
    ],
    unit,
  );
  return { title: 'Printing the same messages', rows };
}

export default async function bench(): Promise<readonly BenchTable[]> {
  const peers = await loadNpmPeers();
  try {
    return [await benchParsing(peers), await benchPrinting(peers)];
  } finally {
    peers.messages.stop();
  }
}
