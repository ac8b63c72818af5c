// What a local relay and the check before a start read of wrangler.toml.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../scripts/local/command.ts';
import { readMailBindings, readWranglerVars } from '../../scripts/local/wrangler-vars.ts';
import { parseConfig } from '../../src/config.ts';
import { relayWith } from '../support/relay.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-wrangler-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function written(text: string): string {
  writeFileSync(join(directory, 'wrangler.toml'), text);
  return directory;
}

describe('wrangler.toml', () => {
  it('gives its variables as text', () => {
    const read = readWranglerVars(written('[vars]\nPARTITIONS = 8\nERP_BASE_URL = "https://e.example"\n'));
    expect(read).toEqual({ ok: true, value: { PARTITIONS: '8', ERP_BASE_URL: 'https://e.example' } });
  });

  it('that is no TOML is named with its line', () => {
    expect(readWranglerVars(written('[vars]\nPARTITIONS = \n'))).toMatchObject({ ok: false });
    expect(readMailBindings(directory)).toEqual([]);
  });

  it('as it stands here, with the comment signs off its e-mail binding, lets alerts go by e-mail', () => {
    const text = readFileSync(join(repository, 'wrangler.toml'), 'utf8');
    expect(readMailBindings(written(text))).toEqual([]);
    const withMail = text.replace(/^# (\[\[send_email\]\]|name = "ALERT_MAIL")$/gm, '$1');
    expect(readMailBindings(written(withMail))).toEqual(['ALERT_MAIL']);
    const environment = { ALERT_EMAIL_TO: 'ops@example.com', ALERT_EMAIL_FROM: 'relay@example.com' };
    const problems = (mail: readonly string[]) => {
      const bindings = Object.fromEntries(mail.map((name) => [name, {}]));
      const parsed = parseConfig({ ...environment, ...bindings }, relayWith({}));
      return parsed.ok ? [] : parsed.error.filter(({ field }) => field.startsWith('ALERT_'));
    };
    expect(problems(readMailBindings(directory))).toEqual([]);
    expect(problems([])).toMatchObject([{ field: 'ALERT_EMAIL_TO' }]);
  });
});
