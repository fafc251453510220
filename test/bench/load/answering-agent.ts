// A bare user agent in a process of its own: real transactions, no store; answers each MESSAGE 200. Says its port in the first line.
import { openEndpoint, udpAndTcp } from '../../support/open-endpoint.ts';

const endpoint = await openEndpoint({ listen: udpAndTcp('127.0.0.1', Number(process.argv[2] ?? 0)) });
const ok = { status: 200 };
endpoint.onRequest('MESSAGE', () => ok);
process.stdout.write('ready\n');
process.stdin.on('end', () => void endpoint.stop().then(() => process.exit(0))).resume();
