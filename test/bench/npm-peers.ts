// The JavaScript stacks as contenders: installed from npm into peers/node_modules by the benchmark itself.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'peers');

/** Just what the benchmarks use of npm `sip`. */
export interface NpmSip {
  parse(text: string): NpmSipMessage | undefined;
  parseUri(text: string): unknown;
  stringify(message: unknown): string;
}

interface NpmSipAddress {
  readonly uri: string;
}

interface NpmSipMessage {
  readonly uri?: string;
  readonly headers: { readonly from: NpmSipAddress; readonly to: NpmSipAddress; readonly contact?: '*' | readonly NpmSipAddress[] };
}

export interface NpmPeers {
  readonly sip: NpmSip;
  /** Each parses one message fully; undefined or false where it refuses it. */
  readonly jssip: (text: string) => unknown;
  readonly sipjs: (text: string) => unknown;
  /** Builds a MESSAGE and prints it, as JsSIP's `ua.sendMessage(target, body)` does. */
  readonly buildWithJssip: (target: string, body: string) => string;
}

interface ParsedMessage {
  parseHeader(name: string): unknown;
}

interface JssipParser {
  parseMessage(text: string, ua: unknown): ParsedMessage | undefined;
}

interface JssipMessage {
  OutgoingRequest: new (
    method: string,
    uri: unknown,
    ua: unknown,
    parameters: unknown,
    headers: string[],
    body: string,
  ) => { toString(): string; setHeader(name: string, value: string): void };
}

interface JssipUri {
  parse(text: string): unknown;
}

interface SipjsParser {
  Parser: { parseMessage(text: string, logger: unknown): ParsedMessage | undefined };
}

function install(): void {
  if (existsSync(join(folder, 'node_modules', 'sip.js', 'package.json'))) return;
  execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--loglevel=error'], { cwd: folder, stdio: 'pipe' });
}

async function load<T>(path: string): Promise<T> {
  const module = (await import(join(folder, 'node_modules', path))) as { default?: T };
  return module.default ?? (module as T);
}

const silent = { debug: () => undefined, log: () => undefined, warn: () => undefined, error: () => undefined };

/** Installs and loads the three stacks. Throws when they cannot be had. */
export async function loadNpmPeers(): Promise<NpmPeers> {
  install();
  const sip = await load<NpmSip>('sip/sip.js');
  const parser = await load<JssipParser>('jssip/lib/Parser.js');
  const { OutgoingRequest } = await load<JssipMessage>('jssip/lib/SIPMessage.js');
  const jssipUri = await load<JssipUri | { URI: JssipUri }>('jssip/lib/URI.js');
  const { Parser } = (await import(join(folder, 'node_modules/sip.js/lib/core/messages/parser.js'))) as SipjsParser;
  const uri = 'URI' in jssipUri ? jssipUri.URI : jssipUri;
  const ua = {
    configuration: { uri: uri.parse('sip:nora@harbour.example'), display_name: 'Nora', jssip_id: 'abcde', use_preloaded_route: false },
    contact: { pub_gruu: null, temp_gruu: null },
    transport: { sip_uri: 'sip:edge.harbour.example;transport=ws' },
  };
  return {
    sip,
    jssip: (text) => readContact(parser.parseMessage(text, ua)),
    sipjs: (text) => readContact(Parser.parseMessage(text, silent)),
    buildWithJssip: (target, body) => {
      const request = new OutgoingRequest('MESSAGE', uri.parse(target), ua, {}, ['Content-Type: text/plain'], body);
      request.setHeader('via', 'SIP/2.0/TCP 198.51.100.24:41022;branch=z9hG4bK1234567');
      return request.toString();
    },
  };
}

/** Both leave Contact as text until it is asked for; a full parse has it. */
function readContact(message: ParsedMessage | undefined): unknown {
  message?.parseHeader('contact');
  return message;
}
