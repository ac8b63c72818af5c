// A wrong value is named where it is written, before anything starts.

import { describe, expect, it } from 'vitest';
import { checkConfiguration, checkDeclared } from '../../scripts/check-configuration.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { localVariables } from '../../scripts/local/runtime-workers.ts';

async function problemsOf(given: { local?: Record<string, string>; secrets?: Record<string, string> }) {
  const local = { ...localVariables, ERP_BASE_URL: 'http://127.0.0.1:1', ...given.local };
  const checked = await checkConfiguration({ local, secrets: { ...createSecrets(), ...given.secrets } });
  return checked.ok ? [] : checked.error.map(({ file, field }) => `${file}: ${field}`);
}

describe('the configuration', () => {
  it('of this repository holds, as it would be deployed too', async () => {
    expect(await problemsOf({})).toEqual([]);
    expect(await checkDeclared()).toEqual([]);
  });

  it('names .dev.vars for what is written there, secrets and variables alike', async () => {
    const secrets = {
      STANDARD_WEBHOOKS_SECRET: 'not base64!',
      MAX_BODY_BYTES: '-1',
      ERP_BASE_URL: 'ftp://x',
    };
    expect((await problemsOf({ secrets })).sort()).toEqual([
      '.dev.vars: ERP_BASE_URL',
      '.dev.vars: MAX_BODY_BYTES',
      '.dev.vars: STANDARD_WEBHOOKS_SECRET',
    ]);
  });

  it('names wrangler.toml for a variable that is nowhere else', async () => {
    expect(await problemsOf({ local: { PARTITIONS: 'abc' } })).toEqual(['wrangler.toml: PARTITIONS']);
  });
});
