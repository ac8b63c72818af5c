// `npm run send -- SOURCE TOPIC`: signs a realistic webhook as its sender does and posts it to a relay, whole, twice,
// changed or old. It prints what was answered and whether that is what should be answered; never a secret.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sourceNames } from './lib/send-plan.ts';
import { describeSent, findPlan, sendWebhook, topicsOfPlan } from './lib/send-webhook.ts';
import { senders } from './lib/senders.ts';
import { fail, repository } from './local/command.ts';
import { readDevVars } from './local/dev-vars.ts';

const usage = `npm run send -- SOURCE TOPIC [options]

  SOURCE           a source of this relay: ${sourceNames().join(', ')};
                   or a sender, for a source that goes by its name: see --help
  TOPIC            the event type; without one, those that have a sample are listed
  --twice          send the same event two times
  --tamper         change the body after it was signed
  --stale          sign it for yesterday
  --url U          the relay, or the whole URL of the source (default: PORT, else http://127.0.0.1:8787)
  --secret S       what the sender signs with (default: the source's variable, else .dev.vars)
  --secrets F      where the local secrets are (default: .dev.vars)
  --key FILE       the private key, PEM, of a sender with a key pair
  --payload P      JSON, or a file with it, in place of the sample
  --header H       name: value; may be repeated, for a sender of your own
  --id ID          the event id (default: a new one)
  --about ID       what the event is about, e.g. an order's number (default: a new one)
`;

const options = {
  twice: { type: 'boolean', default: false },
  tamper: { type: 'boolean', default: false },
  stale: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  url: { type: 'string' },
  secret: { type: 'string' },
  secrets: { type: 'string' },
  key: { type: 'string' },
  payload: { type: 'string' },
  header: { type: 'string', multiple: true },
  id: { type: 'string' },
  about: { type: 'string' },
} as const;

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`);
  }
}

const { values, positionals } = readArguments();
const [name, topic] = positionals;
if (values.help || name === undefined) {
  process.stdout.write(values.help ? `${usage}\nSenders: ${senders.join(', ')}\n` : usage);
  process.exit(values.help ? 0 : 1);
}
const found = findPlan(name);
const plan = found.ok ? found.value : fail(`${found.error.message}\n\n${usage}`);
if (topic === undefined) {
  process.stdout.write(`${topicsOfPlan(plan).join('\n')}\n`);
  process.exit(1);
}
const url = values.url ?? `http://127.0.0.1:${process.env.PORT ?? '8787'}`;
const secrets = readDevVars(values.secrets ?? join(repository, '.dev.vars'));
const variables = { ...secrets, ...process.env };
const sent = await sendWebhook({ plan, topic, url, variables, options: values, now: Date.now() });
if (!sent.ok) fail(sent.error.message);
process.stdout.write(`${describeSent(plan, sent.value)}\n`);
process.exitCode = sent.value.asExpected ? 0 : 1;
