// Starts and stops a real Kamailio for development and tests: one domain, its accounts, everything in one temporary directory on loopback.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificates } from './certificates.ts';
import { makeDatabases, packagedFolder, type ServerUser } from './database.ts';
import { freePorts, type ServerPorts } from './ports.ts';

export interface ServerOptions {
  readonly host?: string;
  readonly domain?: string;
  /** First port of the range; default: any free one. */
  readonly port?: number;
  readonly users?: readonly ServerUser[];
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** Worker processes for UDP and for TCP; 1 keeps messages in order. */
  readonly workers?: number;
  /** Watcher information is sent after a rules change; a stock server does not. */
  readonly tellsPresentity?: boolean;
  /** No permission rules: whoever asks is let in. */
  readonly authorizesEverybody?: boolean;
  /** `[Offline message - …]` stands before stored texts, as a stock server does it. */
  readonly prefixesOfflineTexts?: boolean;
  readonly nonceSeconds?: number;
  /** How long the proxy waits for a client's answer to a request. */
  readonly finalResponseMs?: number;
  /** Bindings and subscriptions are forgotten at a restart. */
  readonly forgetsAtRestart?: boolean;
  /** What it calls itself in its answers, e.g. `Lists`; default: its own name and version. */
  readonly serverName?: string;
}

export interface DevelopmentServer {
  readonly host: string;
  readonly domain: string;
  readonly ports: ServerPorts;
  readonly users: readonly ServerUser[];
  readonly folder: string;
  readonly caFile: string;
  readonly xcapRoot: string;
  /** A SIP URI for `outboundProxy`. */
  proxy(transport: 'udp' | 'tcp' | 'tls'): string;
  /** Starts it again, on the same ports and databases, after `halt`. */
  start(): Promise<void>;
  /** Ends it, as a person (SIGTERM) or as a power cut (SIGKILL) would; its directory stays. */
  halt(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
  /** Everything it sent and received, as text; the last half second may be missing. */
  wire(): string;
}

export const DEFAULT_DOMAIN = 'example.test';
export const DEFAULT_USERS: readonly ServerUser[] = ['ada', 'bob', 'carol', 'dave'].map((name) => ({ name, password: `${name}-secret` }));
const READY_WITHIN_MS = 15_000;
const STOPPED_WITHIN_MS = 8_000;
/** Largest SIP message on TCP and largest XCAP document; the stock sizes (16384 and 8192) are too small for contact lists. */
const BUFFER_BYTES = 262_144;

export async function startServer(options: ServerOptions = {}): Promise<DevelopmentServer> {
  const { host = '127.0.0.1', domain = DEFAULT_DOMAIN, users = DEFAULT_USERS } = options;
  const ports = await freePorts(host, options.port);
  // WHY: the server's SQLite driver gives up at once on a busy database, and commits in memory are never slow.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'watchword-server-'));
  let child: ChildProcess | undefined;
  const halt = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    if (child !== undefined) await endGroup(child, signal);
    child = undefined;
  };
  const start = async (): Promise<void> => {
    rmSync(join(folder, 'kamailio.pid'), { force: true });
    child = spawnKamailio(folder);
    try {
      await untilReady(child, host, ports);
    } catch (error) {
      await halt('SIGKILL');
      throw new Error(`${String(error)}\n${lastLines(join(folder, 'kamailio.log'))}`, { cause: error });
    }
  };
  const stop = async (): Promise<void> => {
    await halt();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    prepare({ folder, host, domain, ports, users }, options);
    await start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    ...{ host, domain, ports, users, folder, start, halt, stop },
    caFile: join(folder, 'certificates', 'ca.pem'),
    xcapRoot: `http://${host}:${ports.http}/xcap-root`,
    proxy: (transport) => `sip:${host}:${transport === 'tls' ? ports.tls : ports.sip};transport=${transport}`,
    wire: () => readWire(join(folder, 'wire')),
  };
}

/** Where the server is, and for whom. */
interface Site {
  readonly folder: string;
  readonly host: string;
  readonly domain: string;
  readonly ports: ServerPorts;
  readonly users: readonly ServerUser[];
}

function prepare({ folder, host, domain, ports, users }: Site, options: ServerOptions): void {
  mkdirSync(join(folder, 'wire'));
  makeDatabases(join(folder, 'db'), domain, users, options.algorithm ?? 'MD5');
  makeCertificates(join(folder, 'certificates'), domain, host);
  const values: Record<string, string | number> = {
    DEFINES: options.tellsPresentity ? '#!define TELL_PRESENTITY' : '',
    SERVER_HEADER: options.serverName === undefined ? '' : `server_header="Server: ${options.serverName}"`,
    HOST: host,
    DOMAIN: domain,
    SIP_PORT: ports.sip,
    TLS_PORT: ports.tls,
    HTTP_PORT: ports.http,
    HTTPS_PORT: ports.https,
    MSRP_PORT: ports.msrp,
    RUN: folder,
    MODULES: packagedFolder('/tm.so'),
    WORKERS: options.workers ?? 2,
    BUFFER_BYTES,
    FINAL_RESPONSE_MS: options.finalResponseMs ?? 5_000,
    NONCE_SECONDS: options.nonceSeconds ?? 300,
    // Left unset for MD5, so that challenges carry no algorithm parameter, as by default.
    DIGEST_ALGORITHM: options.algorithm === 'SHA-256' ? 'SHA-256' : '',
    OFFLINE_DATE_PREFIX: options.prefixesOfflineTexts ? 1 : 0,
    AUTHORIZE_EVERYBODY: options.authorizesEverybody ? 1 : 0,
    LOCATION_DB_MODE: options.forgetsAtRestart ? 0 : 2,
    SUBSCRIPTION_DB_MODE: options.forgetsAtRestart ? 0 : 2,
  };
  const template = readFileSync(join(import.meta.dirname, 'kamailio.cfg'), 'utf8');
  const text = template.replace(/%([A-Z_]+)%/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`kamailio.cfg has an unknown place %${name}%`);
    return String(value);
  });
  writeFileSync(join(folder, 'kamailio.cfg'), text);
  const tls = (role: string): string =>
    `[${role}:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n` +
    `private_key = ${folder}/certificates/server.key\ncertificate = ${folder}/certificates/server.pem\n`;
  writeFileSync(join(folder, 'tls.cfg'), `${tls('server')}${tls('client')}`);
}

function spawnKamailio(folder: string): ChildProcess {
  const log = openSync(join(folder, 'kamailio.log'), 'a');
  const words = ['-f', `${folder}/kamailio.cfg`, '-Y', folder, '-w', folder, '-P', `${folder}/kamailio.pid`, '-m', '64', '-M', '8', '-DD'];
  try {
    return spawn('kamailio', words, { detached: true, stdio: ['ignore', log, log] });
  } finally {
    // The server has it now.
    closeSync(log);
  }
}

/** Ends the process group that we started, and waits for it. */
async function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined) return;
  const isRunning = (): boolean => {
    try {
      process.kill(-child.pid!, 0);
      return true;
    } catch {
      return false;
    }
  };
  const send = (name: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // gone already
    }
  };
  send(signal);
  for (let waitedMs = 0; isRunning(); waitedMs += 20) {
    if (waitedMs > STOPPED_WITHIN_MS) send('SIGKILL');
    await sleep(20);
  }
}

/** Waits until OPTIONS is answered over UDP and the HTTP port accepts connections. */
async function untilReady(child: ChildProcess, host: string, ports: ServerPorts): Promise<void> {
  for (let attempt = 0; attempt < READY_WITHIN_MS / 50; attempt++) {
    if (child.pid === undefined) throw new Error('kamailio is not installed');
    if (child.exitCode !== null) throw new Error('kamailio ended at start');
    if ((await answersOptions(host, ports.sip, attempt)) && (await accepts(host, ports.http))) return;
    await sleep(20);
  }
  throw new Error('kamailio was not ready in time');
}

function answersOptions(host: string, port: number, attempt: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(done, 50, false);
    socket.once('error', () => done(false)).once('message', () => done(true));
    socket.bind(0, host, () => {
      const via = `Via: SIP/2.0/UDP ${host}:${socket.address().port};branch=z9hG4bKready${attempt}`;
      const rest = `Max-Forwards: 5\r\nFrom: <sip:ready@${host}>;tag=r\r\nTo: <sip:${host}:${port}>\r\nCall-ID: ready${attempt}@${host}`;
      socket.send(`OPTIONS sip:${host}:${port} SIP/2.0\r\n${via}\r\n${rest}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`, port, host);
    });
  });
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-20).join('\n') : '';
}

function readWire(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.data'));
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}
