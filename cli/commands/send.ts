// holdfast send: signs a webhook as its sender does and posts it, to try a source. The secret comes from .dev.vars, the environment or
// standard input; nothing printed holds one.

import { join } from 'node:path';
import type { SendOptions } from '../../scripts/lib/send-webhook.ts';
import { readDevVars } from '../../scripts/local/dev-vars.ts';
import { err, ok } from '../../src/core/result.ts';
import { exitCodes } from '../api/failure.ts';
import { addCommonOptions, type Call, type Ended, onCall, type Program, usage } from '../command.ts';
import { chooseUrl } from '../profiles/choose-relay.ts';
import { secretFrom } from '../terminal/ask.ts';
import { printable } from '../terminal/printable.ts';

type Options = Omit<SendOptions, 'secret'> & { readonly secretStdin?: true };

export function sendCommand(program: Program): void {
  const command = program.root
    .command('send')
    .description('sign a realistic webhook as its sender does, and post it')
    .argument('[source]', 'a source of this project, or a sender; without one, both are listed')
    .argument('[topic]', 'the event type; without one, those that have a sample are listed')
    .option('--twice', 'send the same event two times')
    .option('--tamper', 'change the body after it was signed')
    .option('--stale', 'sign it for yesterday')
    .option('--secret-stdin', "read what the sender signs with; else the source's variable, or .dev.vars")
    .option('--key <file>', 'the private key, PEM, of a sender with a key pair')
    .option('--payload <json>', 'JSON, or a file with it, in place of the sample')
    .option('--header <line...>', 'name: value, for a sender of your own')
    .option('--id <id>', 'the event id; a new one if absent')
    .option('--about <id>', "what the event is about, e.g. an order's number; a new one if absent");
  // It is posted without a key: a sender has none.
  onCall<Options>(program, addCommonOptions(command), send);
}

async function send({ world, options, args: [name, topic] }: Call<Options>): Promise<Ended> {
  const [{ findPlan, sendWebhook, describeSent, topicsOfPlan }, { senders }, { sourceNames }] =
    await Promise.all([
      import('../../scripts/lib/send-webhook.ts'),
      import('../../scripts/lib/senders.ts'),
      import('../../scripts/lib/send-plan.ts'),
    ]);
  if (name === undefined) {
    const known = { sources: sourceNames(), senders };
    return ok({ json: known, text: `Sources: ${known.sources.join(', ')}\nSenders: ${senders.join(', ')}` });
  }
  const plan = findPlan(name);
  if (!plan.ok) return usage(plan.error.message);
  if (topic === undefined) {
    const topics = topicsOfPlan(plan.value);
    return ok({
      json: { source: plan.value.source, topics },
      text: topics.join('\n') || 'There are no samples.',
    });
  }
  const { url: asked, profile, secretStdin } = options;
  const url = asked?.includes('/hooks/') === true ? ok(asked) : chooseUrl(world, { url: asked, profile });
  if (!url.ok) return url;
  const question = { what: 'What the sender signs with', option: '--secret-stdin', fromStdin: true };
  const secret = secretStdin === true ? await secretFrom(world, question) : ok(undefined);
  if (!secret.ok) return secret;
  const variables = { ...readDevVars(join(world.repository, '.dev.vars')), ...world.env };
  const given = { ...options, secret: secret.value };
  const sent = await sendWebhook({
    ...{ plan: plan.value, topic, url: url.value, variables, options: given, now: world.now() },
  });
  if (!sent.ok) {
    const { kind, message } = sent.error;
    return kind === 'invalid' ? usage(message) : err({ kind: 'unreachable', url: url.value, message });
  }
  const exitCode = sent.value.asExpected ? exitCodes.done : exitCodes.failed;
  return ok({ json: sent.value, text: printable(describeSent(plan.value, sent.value)), exitCode });
}
