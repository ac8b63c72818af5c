// A Node-RED flow that verifies, deduplicates and forwards. It answers once the event is in memory: what it holds is lost when
// it ends, for Node-RED has no durable queue. It is in the comparison because people do this with it.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { announce, forward, isGenuine, versionOf } from './shared.mjs';

const RED = createRequire(import.meta.url)('node-red');
const userDir = mkdtempSync(join(tmpdir(), 'bench-node-red-'));

const verify = `
if (!global.get('isGenuine')(msg.req.rawBody, msg.req.headers['x-bench-signature'])) {
  msg.statusCode = 401;
  return [msg, null];
}
const { id } = msg.payload;
const seen = global.get('seen');
const isFresh = !seen.has(id);
seen.add(id);
const work = isFresh ? { body: msg.req.rawBody.toString() } : null;
msg.statusCode = 202;
msg.payload = { id, status: isFresh ? 'accepted' : 'duplicate' };
return [msg, work];`;

const flow = [
  { id: 'tab', type: 'tab', label: 'relay' },
  { id: 'in', type: 'http in', z: 'tab', url: '/', method: 'post', wires: [['verify']] },
  { id: 'verify', type: 'function', z: 'tab', func: verify, outputs: 2, wires: [['out'], ['send']] },
  { id: 'out', type: 'http response', z: 'tab', wires: [] },
  {
    ...{ id: 'send', type: 'function', z: 'tab', outputs: 1, wires: [[]] },
    func: "await global.get('forward')(msg.body);",
  },
];

const app = express();
// Node-RED's own parser would drop the bytes that were signed.
app.use(express.json({ verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }) }));
const server = createServer(app);
RED.init(server, {
  userDir,
  httpAdminRoot: false,
  httpNodeRoot: '/',
  logging: { console: { level: 'off' } },
  telemetry: { enabled: false, updateNotification: false },
  functionGlobalContext: { isGenuine, forward, seen: new Set() },
  credentialSecret: false,
});
app.use('/', RED.httpNode);
await RED.start();
await RED.runtime.flows.setFlows({ flows: { flows: flow }, deploymentType: 'full' });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
announce(
  {
    url: `http://127.0.0.1:${server.address().port}`,
    path: '/',
    versions: { 'node-red': versionOf('node-red') },
  },
  async () => rmSync(userDir, { recursive: true, force: true }),
);
