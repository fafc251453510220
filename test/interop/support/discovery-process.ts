// One person for the discovery tests, as a process: announces and lists whom it sees, one JSON line per change. Each line of standard
// input is the list of addresses to use from now on; its end is goodbye.
// Arguments: port, name, addresses with commas between them.
import { createInterface } from 'node:readline';
import { createNodeClock, createNodeRandom } from '../../../main/sip/index.ts';
import { createDiscovery } from '../../../main/simple/discovery/discovery.ts';
import { createNodeMulticast } from '../../../main/simple/discovery/node-multicast.ts';

const [port = '', name = '', addresses = ''] = process.argv.slice(2);
const list = (text: string): string[] => text.split(',').filter((each) => each !== '');

const discovery = createDiscovery({
  clock: createNodeClock(),
  random: createNodeRandom(),
  multicast: createNodeMulticast({ port: Number(port) }),
  log: (_, text) => void process.stderr.write(`${text}\n`),
  interfaces: list(addresses),
});
discovery.announce({ name, uri: `sip:${name}@nearby.test`, services: [{ type: '_sipuri._tcp', port: 5070 }] });
discovery.browse((peers) => {
  const seen = peers.map((peer) => ({ name: peer.name, addresses: [...(peer.ways[0]?.addresses ?? [])].sort() }));
  seen.sort((one, other) => one.name.localeCompare(other.name));
  process.stdout.write(`${JSON.stringify(seen)}\n`);
});

const input = createInterface({ input: process.stdin });
input.on('line', (line) => discovery.refreshInterfaces(list(line)));
input.on('close', () => discovery.stop());
