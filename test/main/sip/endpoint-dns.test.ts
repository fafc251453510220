// From a domain to a server and on to the next one, all over real sockets: NAPTR, SRV and addresses of a scripted name server (RFC 3263).
import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import type { Endpoint, EndpointOptions, Outcome } from '../../../main/sip/index.ts';
import { sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint, udpAndTcp } from '../../support/open-endpoint.ts';
import { startScriptedDns } from '../../support/scripted-dns.ts';
import type { DnsScript, ScriptedDns } from '../../support/scripted-dns.ts';

const DOMAIN = 'example.test';
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

const naptr = (order: number, service: string, replacement: string): Answer => ({
  type: 'NAPTR',
  name: DOMAIN,
  ttl: 60,
  data: { order, preference: 1, flags: 's', services: service, regexp: '', replacement },
});
const srv = (name: string, priority: number, port: number, target: string): Answer => ({
  type: 'SRV',
  name,
  ttl: 60,
  data: { priority, weight: 1, port, target },
});
const a = (name: string): Answer => ({ type: 'A', name, ttl: 60, data: '127.0.0.1' });

async function agent(options: Partial<EndpointOptions> & { readonly dns?: ScriptedDns }): Promise<Endpoint> {
  const endpoint = await openEndpoint({
    network: createNodeNetwork(options.dns === undefined ? {} : { dnsServers: [options.dns.server] }),
    listen: [{ protocol: 'udp', local: { address: '127.0.0.1', port: 0 } }],
    ...options,
  });
  cleanUp.push(() => endpoint.stop());
  return endpoint;
}

/** Answers `status` on both protocols; gives its ports. */
async function server(name: string, status: number, heard: string[]): Promise<{ udp: number; tcp: number }> {
  const endpoint = await agent({
    listen: udpAndTcp('127.0.0.1'),
  });
  endpoint.onRequest('MESSAGE', ({ flow }) => {
    heard.push(`${name} ${flow.protocol}`);
    return { status };
  });
  const port = (protocol: string): number => endpoint.listening.find((entry) => entry.protocol === protocol)?.local.port ?? 0;
  return { udp: port('udp'), tcp: port('tcp') };
}

async function names(script: DnsScript): Promise<ScriptedDns> {
  const dns = await startScriptedDns(script);
  cleanUp.push(() => dns.stop());
  return dns;
}

function send(alice: Endpoint): Promise<Outcome> {
  return alice.send(textMessage(sipUri('alice', DOMAIN), sipUri('bob', DOMAIN), 'x')).outcome;
}

describe('a request to a domain', () => {
  it('goes where NAPTR and SRV say, to the next server after 503, and asks nothing twice within the time to live', async () => {
    const heard: string[] = [];
    const first = await server('first', 503, heard);
    const second = await server('second', 200, heard);
    const dns = await names({
      records: {
        [`NAPTR ${DOMAIN}`]: [naptr(20, 'SIP+D2U', `_sip._udp.${DOMAIN}`), naptr(10, 'SIP+D2T', `_sip._tcp.${DOMAIN}`)],
        [`SRV _sip._tcp.${DOMAIN}`]: [
          srv(`_sip._tcp.${DOMAIN}`, 20, second.tcp, `b.${DOMAIN}`),
          srv(`_sip._tcp.${DOMAIN}`, 10, first.tcp, `a.${DOMAIN}`),
        ],
        [`A a.${DOMAIN}`]: [a(`a.${DOMAIN}`)],
        [`A b.${DOMAIN}`]: [a(`b.${DOMAIN}`)],
      },
    });
    const alice = await agent({ dns });
    expect(await send(alice)).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { protocol: 'tcp' } });
    const asked = dns.asked.length;
    expect(await send(alice)).toMatchObject({ kind: 'final', response: { status: 200 } });
    // The second time begins with the one that works.
    expect(heard).toEqual(['first tcp', 'second tcp', 'second tcp']);
    expect(dns.asked).toHaveLength(asked);
    alice.refreshNetwork();
    expect(await send(alice)).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(dns.asked.length).toBeGreaterThan(asked);
  });

  it('is not held up by a server that is gone over UDP, nor by one whose name does not resolve', async () => {
    const heard: string[] = [];
    const gone = await agent({});
    const deadPort = gone.listening[0]?.local.port ?? 0;
    await gone.stop();
    const good = await server('good', 200, heard);
    const name = `_sip._udp.${DOMAIN}`;
    const dns = await names({
      records: {
        [`SRV ${name}`]: [
          srv(name, 10, 5060, `unknown.${DOMAIN}`),
          srv(name, 20, deadPort, `a.${DOMAIN}`),
          srv(name, 30, good.udp, `a.${DOMAIN}`),
        ],
        [`A a.${DOMAIN}`]: [a(`a.${DOMAIN}`)],
      },
      codes: { [`A unknown.${DOMAIN}`]: 2, [`AAAA unknown.${DOMAIN}`]: 2 },
    });
    const alice = await agent({ dns });
    expect(await send(alice)).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { protocol: 'udp' } });
    expect(heard).toEqual(['good udp']);
    expect(alice.counts['flows-found-dead']).toBe(1);
  });
});
