// A process of its own for durable.bench.ts: whatever asks it over TCP is answered 200 after one record was appended and synced, and nothing
// else is done: no parsing, no transactions, no tables. So this is the most that a durable answer can reach here, one at a time.
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const [, , port = '', folder = '.', recordBytes = ''] = process.argv;
const file = openSync(join(folder, 'answers'), 'a');
const record = Buffer.alloc(Number(recordBytes), 'x');
const REGISTER = 'REGISTER sip:bench.example SIP/2.0\r\nContact: <sip:bob@192.0.2.1>\r\nContent-Length: 0\r\n\r\n';
const OK = 'SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n';

const socket = connect(Number(port), '127.0.0.1', () => {
  socket.setNoDelay(true);
  socket.write(REGISTER);
});
socket.on('data', (bytes) => {
  // The answer to our own request; all else is one message at a time.
  if (bytes.toString('latin1', 0, 7) === 'SIP/2.0') {
    process.stdout.write('ready\n');
    return;
  }
  writeSync(file, record);
  fdatasyncSync(file);
  socket.write(OK, 'latin1');
});
socket.on('close', () => process.exit());
