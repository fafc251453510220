// `npm run server`: the development server until Ctrl-C, and what to type to sign in to it.
import { ensurePackages, SERVER_PACKAGES } from '../system-packages.ts';
import { startServer } from './server.ts';

const DEFAULT_PORT = 15_060;

if (!(await ensurePackages(SERVER_PACKAGES, 'the development server'))) process.exit(1);
const wanted = Number(process.argv[process.argv.indexOf('--port') + 1]);
const server = await startServer({ port: process.argv.includes('--port') ? wanted : DEFAULT_PORT });
console.log(`
A SIP server for ${server.domain} is running, on this computer only.

  Address            sip:ada@${server.domain}      password ada-secret   (bob, carol and dave likewise)
  Outbound proxy     ${server.proxy('tcp')}
                     ${server.proxy('udp')}
                     ${server.proxy('tls')}   (CA file ${server.caFile})
  XCAP root          ${server.xcapRoot}
  WebSocket          ws://${server.host}:${server.ports.http}/

Logs and messages are in ${server.folder}. Ctrl-C ends the server and removes them.
`);

let isStopping = false;
const stop = (): void => {
  if (isStopping) return;
  isStopping = true;
  void server.stop().then(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);
