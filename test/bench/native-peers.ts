// The C stacks as contenders: compiled against Debian's development packages, asked for one round at a time.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contender } from './bench.ts';

interface NativePeer {
  readonly name: string;
  readonly source: string;
  /** Debian's package, and a file it brings. */
  readonly debianPackage: string;
  readonly header: string;
  readonly flags: readonly string[];
}

const peers: readonly NativePeer[] = [
  {
    name: 'libosip2 (C)',
    source: 'osip-parse.c',
    debianPackage: 'libosip2-dev',
    header: '/usr/include/osipparser2/osip_parser.h',
    flags: ['-losipparser2'],
  },
  {
    name: 'sofia-sip (C)',
    source: 'sofia-parse.c',
    debianPackage: 'libsofia-sip-ua-dev',
    header: '/usr/include/sofia-sip-1.12/sofia-sip/sip.h',
    flags: ['-I/usr/include/sofia-sip-1.12', '-lsofia-sip-ua'],
  },
];

export interface NativePeers {
  readonly contenders: readonly Contender[];
  /** One line for each peer that could not be had. */
  readonly missing: readonly string[];
  close(): void;
}

/** Installs (as root, on Debian), compiles and starts the native peers with the corpus. */
export async function startNativePeers(corpus: readonly Buffer[]): Promise<NativePeers> {
  const folder = mkdtempSync(join(tmpdir(), 'parse-peers-'));
  const corpusPath = join(folder, 'corpus.bin');
  writeFileSync(corpusPath, Buffer.concat(corpus.flatMap((message) => [lengthOf(message), message])));
  const contenders: Contender[] = [];
  const missing: string[] = [];
  const closers: (() => void)[] = [];
  for (const peer of peers) {
    try {
      const program = compile(peer, folder);
      const { contender, close } = await start(peer.name, program, corpusPath);
      contenders.push(contender);
      closers.push(close);
    } catch (error) {
      missing.push(`${peer.name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  const close = (): void => {
    for (const each of closers) each();
    rmSync(folder, { recursive: true, force: true });
  };
  return { contenders, missing, close };
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(message.length);
  return length;
}

function compile(peer: NativePeer, folder: string): string {
  if (!existsSync(peer.header)) install(peer.debianPackage);
  const program = join(folder, peer.source.replace('.c', ''));
  execFileSync('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'native', peer.source), ...peer.flags], { stdio: 'pipe' });
  return program;
}

function install(debianPackage: string): void {
  if (process.getuid?.() !== 0) throw new Error(`not installed; run: sudo apt-get install ${debianPackage}`);
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', debianPackage], { stdio: 'pipe' });
}

async function start(name: string, program: string, corpusPath: string): Promise<{ contender: Contender; close: () => void }> {
  const child = spawn(program, [corpusPath], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextNumber = async (): Promise<number> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${name} ended`);
    return Number(line.value);
  };
  const refused = await nextNumber();
  const round = (): Promise<number> => {
    child.stdin.write('round\n');
    return nextNumber();
  };
  return { contender: { name: refused === 0 ? name : `${name}, ${refused} refused`, round }, close: () => child.stdin.end() };
}
