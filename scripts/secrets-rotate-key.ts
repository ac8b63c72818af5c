// `npm run secrets:rotate-key -- --url …`: seals every secret of a running relay with a new data key, wrapped by the present
// REGISTRY_KEY. Nothing stops meanwhile. It prints which key seals now, and no secret.

import { fail, readOptions } from './local/command.ts';

const usage = `npm run secrets:rotate-key -- [options]

  --url U         the relay (default: http://127.0.0.1:8787)
  --admin-key K   a key with credentials:manage (default: the variable HOLDFAST_ADMIN_KEY)
  --reason T      what stands in the audit (default: "rotation of the key")
`;

const values = readOptions(
  {
    url: { type: 'string', default: 'http://127.0.0.1:8787' },
    'admin-key': { type: 'string', default: process.env.HOLDFAST_ADMIN_KEY ?? '' },
    reason: { type: 'string', default: 'rotation of the key' },
  },
  usage,
);

if (values['admin-key'] === '') fail('A key is needed: --admin-key or the variable HOLDFAST_ADMIN_KEY.');

const response = await fetch(`${values.url.replace(/\/$/, '')}/admin/secrets/rotate-key`, {
  method: 'POST',
  headers: { authorization: `Bearer ${values['admin-key']}`, 'content-type': 'application/json' },
  body: JSON.stringify({ reason: values.reason }),
  redirect: 'manual',
  signal: AbortSignal.timeout(60_000),
}).catch((error: unknown) => fail(`${values.url} does not answer: ${String(error)}`));

const answer = (await response.json().catch(() => ({}))) as {
  readonly keyId?: string;
  readonly secretCount?: number;
  readonly title?: string;
};
if (response.status !== 200) fail(`The relay answered ${response.status}: ${answer.title ?? 'no reason'}`);
process.stdout.write(
  `Key ${answer.keyId} seals ${answer.secretCount} secrets. REGISTRY_KEY_PREVIOUS is not needed any more.\n`,
);
