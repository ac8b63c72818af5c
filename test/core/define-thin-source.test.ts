// A source whose record is fetched: what it is made of, and what must be configured for it.
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { dock, intakeSecrets, integrations, thinShop } from '../support/batch-senders.ts';

const compiled = compileIntegrations(integrations);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const definition = compiled.value;

const environment = {
  ...{ PARTITIONS: '4', GENERATION: '1', ERP_BASE_URL: 'http://127.0.0.1:9' },
  ...{ SANDBOX_ERP_KEY_ID: 'id', SANDBOX_ERP_KEY_SECRET: 'secret' },
  ...intakeSecrets,
  THIN_API_URL: 'http://127.0.0.1:8080/api/',
};

function problemsOf(changes: Record<string, unknown>) {
  const parsed = parseConfig({ ...environment, ...changes }, definition);
  return parsed.ok ? [] : parsed.error;
}

describe('a source that enriches', () => {
  it('takes the address and the token of its API from the configuration', () => {
    const parsed = parseConfig(environment, definition);
    expect(parsed.ok && parsed.value.senderApis).toEqual(
      new Map([['thin-shop', { baseUrl: 'http://127.0.0.1:8080/api', token: intakeSecrets.THIN_API_TOKEN }]]),
    );
  });

  it('does not start without them, and says what is missing', () => {
    expect(problemsOf({ THIN_API_URL: '', THIN_API_TOKEN: '' })).toMatchObject([
      { field: 'THIN_API_URL', rule: 'is required: the base URL of the API of source thin-shop' },
      { field: 'THIN_API_TOKEN', rule: 'is required: the token of the API of source thin-shop' },
    ]);
    expect(problemsOf({ THIN_API_URL: 'ftp://shop.test' })).toMatchObject([{ field: 'THIN_API_URL' }]);
  });

  it('refuses a wrong definition, field by field', () => {
    const api = { ...thinShop.enrich?.api, baseUrlVariable: 'lower', tokenVariable: 'x', timeoutMs: 1 };
    const source = { ...thinShop, enrich: { ...thinShop.enrich, api, types: ['never.sent'] } };
    const closed = { ...source, preset: { ...source.preset, topics: ['order.placed'] } };
    const problems = compileIntegrations([
      { name: 'wrong', sources: [closed as never], targets: [], routes: [] },
    ]);
    expect(problems.ok ? [] : problems.error.map(({ field }) => field.split('.').slice(1).join('.'))).toEqual(
      ['enrich.api.baseUrl', 'enrich.api.token', 'enrich.api.timeoutMs', 'enrich.types'],
    );
  });

  it('carries its token as a bearer unless it says otherwise, and is public unless it says so', () => {
    expect(thinShop.enrich?.api.authorize('t')).toEqual({ authorization: 'Bearer t' });
    expect(thinShop.enrich?.types).toBeNull();
    expect(dock.enrich).toBeUndefined();
  });
});
