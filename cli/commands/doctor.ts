// holdfast doctor: looks at the project and at a relay, and says what to do. Ends with 1 where something is wrong; what is only worth a
// look does not count.

import { ok } from '../../src/core/result.ts';
import { describeFailure, exitCodes } from '../api/failure.ts';
import { addCommonOptions, type Call, type Ended, onCall, type Program } from '../command.ts';
import { bad, type Finding, renderFindings } from '../doctor/finding.ts';
import { chooseRelay, chooseUrl } from '../profiles/choose-relay.ts';
import { secretFrom } from '../terminal/ask.ts';

type Options = { readonly project: boolean; readonly relay: boolean };

export function doctorCommand(program: Program): void {
  const command = program.root
    .command('doctor')
    .description('check the project and the relay, and say what to do')
    .option('--no-project', 'only the relay')
    .option('--no-relay', 'only the project');
  onCall<Options>(program, addCommonOptions(command), examine);
}

async function examine(call: Call<Options>): Promise<Ended> {
  const { world, options } = call;
  const findings: Finding[] = [];
  if (options.project) {
    const { checkProject } = await import('../doctor/check-project.ts');
    findings.push(...(await checkProject(world)));
  }
  if (options.relay) findings.push(...(await examineRelay(call)));
  const isBad = findings.some(({ status }) => status === 'failed');
  return ok({
    json: { ok: !isBad, checks: findings },
    text: renderFindings(findings),
    exitCode: isBad ? exitCodes.failed : exitCodes.done,
  });
}

async function examineRelay({ world, options }: Call<Options>): Promise<readonly Finding[]> {
  const { url: asked, profile, keyStdin } = options;
  const question = { what: 'The key', option: '--key-stdin', fromStdin: true };
  const typed = keyStdin === true ? await secretFrom(world, question) : ok(undefined);
  const url = chooseUrl(world, { url: asked, profile });
  if (!url.ok)
    return [bad('relay', describeFailure(url.error), 'Say which relay: --url, --profile or HOLDFAST_URL.')];
  const chosen = typed.ok ? chooseRelay(world, { url: asked, profile, key: typed.value }) : typed;
  const { checkRelay } = await import('../doctor/check-relay.ts');
  // A relay that has no key here can be looked at all the same.
  return checkRelay({ url: url.value, chosen, now: world.now });
}
