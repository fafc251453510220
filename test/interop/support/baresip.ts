// A real baresip as the other side: one account, one contact, driven over its TCP control port.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DevelopmentServer } from '../../../build/server/server.ts';
import { freePorts } from '../../../build/server/ports.ts';
import type { ServerPorts } from '../../../build/server/ports.ts';
import type { TlsIdentity } from '../../../main/sip/network.ts';

interface Opening {
  readonly host: string;
  readonly ports: ServerPorts;
  readonly account: string;
  readonly contactUri: string;
  readonly identity?: TlsIdentity;
}

const MODULES = '/usr/lib/baresip/modules';
const STEP_MS = 50;
const WITHIN_MS = 15_000;

export class Baresip {
  /** All it printed so far, its SIP trace included. */
  output = '';
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #controlPort: number;

  private constructor(folder: string, controlPort: number) {
    this.#folder = folder;
    this.#controlPort = controlPort;
    this.#child = spawn('baresip', ['-f', folder, '-s'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (text: Buffer): void => void (this.output += text.toString('utf8'));
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
  }

  /** Signs `user` in over `transport`, with `contactUri` as the one contact; resolves when registered. */
  static async start(server: DevelopmentServer, user: string, contactUri: string, transport: 'udp' | 'tcp'): Promise<Baresip> {
    const ports = await freePorts(server.host, undefined);
    const password = server.users.find((known) => known.name === user)?.password;
    const account = `<sip:${user}@${server.domain}>;auth_user=${user};auth_pass=${password};outbound="${server.proxy(transport)}";regint=60;pubint=600`;
    const baresip = Baresip.#open({ host: server.host, ports, account, contactUri });
    await baresip.printed(/200 OK .*\[\d+ bindings?\]/);
    return baresip;
  }

  /** Without a server: it is where it listens, `sip:user@127.0.0.1:port`. `identity` makes it listen for TLS too, on the port after. */
  static async alone(
    user: string,
    { contactUri, transport, identity }: { contactUri: string; transport: 'udp' | 'tcp' | 'tls'; identity?: TlsIdentity },
  ): Promise<Baresip & { readonly address: string }> {
    const host = '127.0.0.1';
    const ports = await freePorts(host, undefined);
    const port = transport === 'tls' ? ports.tls : ports.sip;
    const address = `sip:${user}@${host}:${port}`;
    // Its MESSAGEs forget the transport of the contact; the way there is not forgotten.
    const way = `sip:${/@([^;>]*)/.exec(contactUri)?.[1] ?? ''};transport=${transport}`;
    const account = `<${address};transport=${transport}>;regint=0;outbound="${way}"`;
    const baresip = Baresip.#open({ host, ports, account, contactUri, ...(identity === undefined ? {} : { identity }) });
    await baresip.printed(/baresip is ready/);
    return Object.assign(baresip, { address });
  }

  static #open({ host, ports, account, contactUri, identity }: Opening): Baresip {
    const folder = mkdtempSync(join(tmpdir(), 'watchword-baresip-'));
    const certificate = join(folder, 'identity.pem');
    const settings = [
      `sip_listen ${host}:${ports.sip}`,
      ...(identity === undefined ? [] : [`sip_certificate ${certificate}`]),
      `net_interface ${host}`,
      `module_path ${MODULES}`,
      ...['stdio', 'g711', 'aubridge'].map((name) => `module ${name}.so`),
      'module_tmp account.so',
      ...['contact', 'menu', 'presence', 'ctrl_tcp'].map((name) => `module_app ${name}.so`),
      `ctrl_tcp_listen ${host}:${ports.http}`,
      'audio_player aubridge,nil',
      'audio_source aubridge,nil',
    ];
    if (identity !== undefined) writeFileSync(certificate, `${identity.keyPem}\n${identity.certificatePem}\n`);
    writeFileSync(join(folder, 'config'), `${settings.join('\n')}\n`);
    writeFileSync(join(folder, 'accounts'), `${account}\n`);
    writeFileSync(join(folder, 'contacts'), `"Peer" <${contactUri}>;presence=p2p\n`);
    return new Baresip(folder, ports.http);
  }

  /** Waits until it has printed something like that. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (let waitedMs = 0; waitedMs < WITHIN_MS; waitedMs += STEP_MS) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      await sleep(STEP_MS);
    }
    throw new Error(`baresip did not print ${pattern}:\n${this.output}`);
  }

  /** One command of its menu, e.g. `message` with the text for its contact. */
  async command(command: string, params = ''): Promise<void> {
    const text = JSON.stringify({ command, params, token: 'test' });
    await new Promise<void>((resolve, reject) => {
      const socket = connect(this.#controlPort, '127.0.0.1', () => socket.write(`${Buffer.byteLength(text)}:${text},`));
      socket.once('error', reject).once('data', () => {
        socket.destroy();
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
