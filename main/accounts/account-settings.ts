// Account settings as a person or a program gives them: checked here, each mistake with the field it is in.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { AccountSettings } from '../../app/domain/account.ts';
import { checkInterfaces } from './nearby/check-interfaces.ts';
import type { SipUri, TransportProtocol } from '../sip/index.ts';
import { parameterValue, parseUri } from '../sip/index.ts';

/** What a call brings: absent fields are not mentioned, '' clears one. */
export type SettingsGiven = { readonly [Field in keyof AccountSettings]?: AccountSettings[Field] | '' | undefined };

/** Settings as the network parts use them. */
export interface ServerSettings {
  readonly outboundProxy: SipUri | undefined;
  readonly transport: TransportProtocol | undefined;
  readonly caPem: string | undefined;
  /** Without a slash at the end. */
  readonly xcapRoot: string | undefined;
}

const TRANSPORTS: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'ws', 'wss'] satisfies TransportProtocol[]);
/** A file of trusted certificates is not larger; a wrong choice may be. */
const CA_FILE_LIMIT_BYTES = 4_000_000;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The settings that result, not yet checked: `given` over `before`. */
export function mergeSettings(before: AccountSettings, given: SettingsGiven): AccountSettings {
  const merged: Record<string, unknown> = { ...before };
  const { listenPort, interfaces } = given;
  if (listenPort === 0) delete merged['listenPort'];
  else if (listenPort !== undefined && listenPort !== '') merged['listenPort'] = listenPort;
  if (interfaces?.length === 0) delete merged['interfaces'];
  else if (interfaces !== undefined) merged['interfaces'] = interfaces;
  for (const field of ['displayName', 'authUser', 'outboundProxy', 'xcapRoot', 'caFile', 'transport'] as const) {
    const value = given[field];
    if (value === undefined) continue;
    if (value.trim() === '') delete merged[field];
    else merged[field] = value.trim();
  }
  return merged as AccountSettings;
}

/** Reads the settings; throws CallFailure `invalid-input` with the field at fault. */
export function readServerSettings(settings: AccountSettings): ServerSettings {
  checkInterfaces(settings.interfaces ?? []);
  return {
    outboundProxy: settings.outboundProxy === undefined ? undefined : readProxy(settings.outboundProxy),
    transport: settings.transport,
    caPem: settings.caFile === undefined ? undefined : readCaFile(settings.caFile),
    xcapRoot: settings.xcapRoot === undefined ? undefined : readXcapRoot(settings.xcapRoot),
  };
}

function invalid(field: keyof AccountSettings, reason: string, detail?: string): CallFailure {
  return new CallFailure({ kind: 'invalid-input', field, reason, ...(detail === undefined ? {} : { detail }) });
}

function readProxy(text: string): SipUri {
  const parsed = parseUri(/^sips?:/i.test(text) ? text : `sip:${text}`);
  if (parsed.kind === 'failure' || parsed.value.kind !== 'sip') {
    throw invalid('outboundProxy', 'The outbound proxy must be a SIP URI, for example sip:proxy.example.org:5060;transport=tcp.');
  }
  const transport = parameterValue(parsed.value.parameters, 'transport');
  if (transport !== undefined && !TRANSPORTS.has(transport.toLowerCase())) {
    throw invalid('outboundProxy', 'The outbound proxy names a transport that does not exist. Use udp, tcp, tls, ws or wss.');
  }
  return parsed.value;
}

function readXcapRoot(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid('xcapRoot', 'The XCAP root must be a web address, for example https://xcap.example.org/xcap-root.');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('xcapRoot', 'The XCAP root must be a plain web address, without a user, “?” or “#”.');
  }
  return url.href.replace(/\/+$/, '');
}

function lookAt(path: string): { size: number; problem: string | undefined } {
  const stats = statSync(path);
  if (!stats.isFile()) return { size: stats.size, problem: 'This is not a file. Choose a file with certificates.' };
  const isTooLarge = stats.size > CA_FILE_LIMIT_BYTES;
  return {
    size: stats.size,
    problem: isTooLarge ? 'This file is too large to be a file of certificates. Choose another file.' : undefined,
  };
}

function readCaFile(path: string): string {
  let pem: string;
  try {
    // WHY first: reading a device or a pipe never ends.
    const { size, problem } = lookAt(path);
    if (problem !== undefined) throw invalid('caFile', problem, `${size} bytes`);
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CallFailure) throw error;
    throw invalid('caFile', 'This certificate file cannot be read. Choose another file.', String(error));
  }
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0) throw invalid('caFile', 'This file holds no certificate. It must be a PEM file (BEGIN CERTIFICATE).');
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw invalid('caFile', 'This file holds a certificate that cannot be read.', String(error));
    }
  }
  return pem;
}
