// What a relay needs to start, and that every problem of it is named by file, field and rule, at once.
import { describe, expect, it } from 'vitest';
import { type Environment, parseConfig } from '../src/config.ts';
import { limits } from '../src/core/limits.ts';
import { relayWith } from './support/relay.ts';

const relay = relayWith({});
const good: Environment = {
  PARTITIONS: '64',
  GENERATION: 1,
  ADMIN_KEY: 'hf_0123456789abcdef0123456789abcdef',
  SHOP_SECRET: 'whsec_aG9sZGZhc3QtdGVzdC1zdGFuZGFyZC1zZWNyZXQtMDE=',
  SPARE_SECRET: 'whsec_aG9sZGZhc3QtdGVzdC1zbW9rZS1zZWNyZXQtMDAwMDA=',
  ERP_BASE_URL: 'http://127.0.0.1:8788/api/',
  ERP_KEY: 'key',
};

function problemsOf(changes: Record<string, unknown>) {
  const parsed = parseConfig({ ...good, ...changes }, relay);
  return parsed.ok ? [] : parsed.error;
}

const issuer = { OIDC_ISSUER: 'https://a.example.com', OIDC_AUDIENCE: 'holdfast' };

describe('configuration', () => {
  it('wants a generation above the one an earlier entity rule was used in', () => {
    const shop = relay.sources.get('shop');
    if (shop === undefined) throw new Error('the shop is gone');
    const changed = { ...shop, earlierEntities: [{ untilGeneration: 1, entity: () => null }] };
    const rekeyed = { ...relay, sources: new Map([['shop', changed]]) };
    const problems = (variables: Environment) => {
      const parsed = parseConfig({ ...good, ...variables }, rekeyed);
      return parsed.ok ? [] : parsed.error;
    };
    expect(problems({})).toMatchObject([{ field: 'GENERATION', rule: expect.stringContaining('above 1') }]);
    expect(problems({ GENERATION: 2, PREVIOUS_PARTITIONS: '64' })).toEqual([]);
  });

  it('is read with its defaults', () => {
    const parsed = parseConfig(good, relay);

    expect(parsed).toEqual({
      ok: true,
      value: {
        partitions: 64,
        generation: 1,
        adminKey: good.ADMIN_KEY,
        tokenKey: null,
        registryKeys: null,
        issuers: [],
        apiRequestsPerMinute: limits.apiRequestsPerMinute,
        corsOrigins: [],
        maxBodyBytes: limits.maxBodyBytes,
        ledgerHorizonMs: limits.ledgerHorizonMs,
        bodyRetentionMs: limits.bodyRetentionMs,
        previousPartitions: [],
        deliveryConcurrency: 6,
        deliveryBudgetMs: 20_000,
        traces: null,
        alerts: {
          webhook: null,
          slackUrl: null,
          email: null,
          network: 'public',
          blockedLineMs: 15 * 60_000,
          backlogMs: 10 * 60_000,
        },
        callbacks: null,
        sourceSecrets: new Map([
          ['shop', { current: good.SHOP_SECRET, previous: null }],
          ['spare', { current: good.SPARE_SECRET, previous: null }],
        ]),
        sourceSettings: new Map([
          ['shop', { publicUrl: null, credentials: {} }],
          ['spare', { publicUrl: null, credentials: {} }],
        ]),
        targetSettings: new Map([
          ['erp', { baseUrl: 'http://127.0.0.1:8788/api', credential: { key: 'key' } }],
        ]),
        senderApis: new Map(),
      },
    });
  });

  it('takes the previous secret of a rotation, and an empty one as none', () => {
    const parsed = parseConfig(
      { ...good, SHOP_SECRET_PREVIOUS: good.SPARE_SECRET, SPARE_SECRET_PREVIOUS: '' },
      relay,
    );

    expect(parsed.ok && parsed.value.sourceSecrets.get('shop')).toEqual({
      current: good.SHOP_SECRET,
      previous: good.SPARE_SECRET,
    });
    expect(parsed.ok && parsed.value.sourceSecrets.get('spare')?.previous).toBeNull();
  });

  it('does without an admin key: only the admin endpoints need it', () => {
    const parsed = parseConfig({ ...good, ADMIN_KEY: '' }, relay);
    expect(parsed.ok && parsed.value.adminKey).toBeNull();
  });

  it('names every problem at once, with its file', () => {
    const problems = problemsOf({
      PARTITIONS: 'many',
      SHOP_SECRET: undefined,
      ERP_KEY: '',
      ERP_BASE_URL: 'erp',
    });

    expect(problems.map(({ file, field }) => `${file} ${field}`)).toEqual([
      'wrangler.toml PARTITIONS',
      '.dev.vars SHOP_SECRET',
      '.dev.vars ERP_KEY',
      'wrangler.toml ERP_BASE_URL',
    ]);
    for (const { rule } of problems) expect(rule).toMatch(/^(must|is required)/);
  });

  it.each([
    ['PARTITIONS', undefined],
    ['PARTITIONS', '0'],
    ['PARTITIONS', '1025'],
    ['PARTITIONS', '1.5'],
    ['PARTITIONS', -1],
    ['PARTITIONS', 2.5],
    ['GENERATION', ''],
    ['API_REQUESTS_PER_MINUTE', '59'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://console.example.com/path'],
    ['CALLBACK_ORIGINS', 'hooks.example.com'],
    ['CALLBACK_ORIGINS', 'https://hooks.example.com/path'],
    ['CALLBACK_SECRET', 'not base64!'],
    ['ADMIN_KEY', 'short'],
    ['ADMIN_KEY', `hf_${' '.repeat(40)}`],
    ['MAX_BODY_BYTES', String(limits.maxBodyBytes + 1)],
    ['LEDGER_HORIZON_DAYS', '44'],
    ['BODY_RETENTION_DAYS', '6'],
    ['DELIVERY_CONCURRENCY', '101'],
    ['SHOP_SECRET', ' '],
    ['SHOP_SECRET_PREVIOUS', '  '],
    ['SPARE_SECRET', 'whsec_!!!'],
    ['ERP_BASE_URL', 'ftp://erp.example.com'],
    ['ERP_BASE_URL', 'https://user:pass@erp.example.com'],
    ['ERP_BASE_URL', 'https://erp.example.com?x=1'],
  ])('refuses %s = %j and says which field', (field, value) => {
    expect(problemsOf({ [field]: value }).map((problem) => problem.field)).toEqual([field]);
  });

  it('lets plain http reach only a target on a private network', () => {
    const open = relayWith({ network: 'public' });
    const parsed = parseConfig(good, open);

    expect(parsed.ok ? [] : parsed.error.map(({ field, rule }) => [field, rule])).toEqual([
      ['ERP_BASE_URL', 'must begin with https://, as target erp is on a public network'],
    ]);
  });

  it('never repeats a secret in what it says', () => {
    const secret = 'whsec_not-base64-but-secret!';
    expect(JSON.stringify(problemsOf({ SPARE_SECRET: secret, ADMIN_KEY: 'too-short-key' }))).not.toMatch(
      /not-base64-but-secret|too-short-key/,
    );
  });

  it.each([
    ['2', ''],
    ['2', '4,8'],
    ['1', '4'],
  ])('wants the partitions of each generation before GENERATION = %s, not "%s"', (generation, previous) => {
    const problems = problemsOf({ GENERATION: generation, PREVIOUS_PARTITIONS: previous });
    expect(problems.map(({ field }) => field)).toEqual(['PREVIOUS_PARTITIONS']);
  });

  it('takes tokens of an issuer and of Access, where all that is needed is there', () => {
    const parsed = parseConfig(
      {
        ...good,
        OIDC_ISSUER: 'https://login.example.com/',
        OIDC_AUDIENCE: 'holdfast',
        ACCESS_TEAM_DOMAIN: 'team.cloudflareaccess.com',
        ACCESS_AUDIENCE: 'aud-tag',
      },
      relay,
    );
    expect(parsed.ok && parsed.value.issuers).toEqual([
      {
        kind: 'bearer',
        issuer: 'https://login.example.com/',
        audience: 'holdfast',
        jwksUrl: 'https://login.example.com/.well-known/jwks.json',
      },
      {
        kind: 'access',
        issuer: 'https://team.cloudflareaccess.com',
        audience: 'aud-tag',
        jwksUrl: 'https://team.cloudflareaccess.com/cdn-cgi/access/certs',
      },
    ]);
  });

  it.each([
    ['an issuer without an audience', { OIDC_ISSUER: 'https://a.example.com' }, 'OIDC_AUDIENCE'],
    [
      'keys of an issuer that are not on https',
      { ...issuer, OIDC_JWKS_URL: 'http://a.example.com/k' },
      'OIDC_JWKS_URL',
    ],
    [
      'a team domain with a path',
      { ACCESS_TEAM_DOMAIN: 'a.b/c', ACCESS_AUDIENCE: 'x' },
      'ACCESS_TEAM_DOMAIN',
    ],
    ['a registry key that is too short', { REGISTRY_KEY: 'c2hvcnQ=' }, 'REGISTRY_KEY'],
    ['a previous registry key alone', { REGISTRY_KEY_PREVIOUS: `${'A'.repeat(43)}=` }, 'REGISTRY_KEY'],
  ])('refuses %s', (_what, given, field) => {
    const parsed = parseConfig({ ...good, ...given }, relay);
    expect(parsed.ok ? [] : parsed.error.map((problem) => problem.field)).toEqual([field]);
  });

  it('takes a collector of traces with its headers, and says what does not hold', () => {
    const named = { OTLP_ENDPOINT: 'https://otlp.example.com/base/' };
    const headers = { OTLP_HEADERS: 'Authorization=Bearer%20collector-key, x-team=erp' };
    const shares = { OTLP_SAMPLE_RATIO: '0.05', OTLP_SENDER_TRACE: 'link' };
    const parsed = parseConfig({ ...good, ...named, ...headers, ...shares }, relay);
    expect(parsed.ok && parsed.value.traces).toEqual({
      url: 'https://otlp.example.com/base/v1/traces',
      headers: { authorization: 'Bearer collector-key', 'x-team': 'erp' },
      ...{ sampleRatio: 0.05, senderTrace: 'link' },
    });
    const fields = (changes: Record<string, unknown>) => problemsOf(changes).map(({ field }) => field);
    for (const OTLP_ENDPOINT of [
      'http://otlp.example.com',
      'https://10.0.0.7',
      'https://localhost:4318',
      'otlp',
      'https://a:b@otlp.example.com',
      'https://otlp.example.com?key=k',
    ])
      expect(fields({ OTLP_ENDPOINT }), OTLP_ENDPOINT).toEqual(['OTLP_ENDPOINT']);
    expect(fields({ OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTLP_NETWORK: 'private' })).toEqual([]);
    for (const ratio of ['2', '-1', 'all', '1.5', '.5'])
      expect(fields({ OTLP_SAMPLE_RATIO: ratio })).toEqual(['OTLP_SAMPLE_RATIO']);
    expect(fields({ OTLP_SENDER_TRACE: 'trust', OTLP_NETWORK: 'any' })).toEqual([
      'OTLP_NETWORK',
      'OTLP_SENDER_TRACE',
    ]);
    for (const OTLP_HEADERS of ['no-value', 'a=', 'a b=c', 'a=%zz', 'a=%0d%0ax-evil:1', 'host=elsewhere']) {
      const [problem, ...more] = problemsOf({ OTLP_HEADERS });
      expect(problem).toMatchObject({ field: 'OTLP_HEADERS', file: '.dev.vars' });
      expect(more).toEqual([]);
      expect(problem?.rule).not.toContain(OTLP_HEADERS);
    }
  });
});
