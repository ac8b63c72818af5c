// What a source must bring for its preset: a URL that is signed, credentials of a key API, consent to what is experimental.
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration, defineSource } from '../../src/core/define-integration.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import { easypostV2 } from '../../src/core/sources/easypost.ts';
import { ebay } from '../../src/core/sources/ebay.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { github } from '../../src/core/sources/github.ts';
import { sendgrid } from '../../src/core/sources/sendgrid.ts';
import { sns } from '../../src/core/sources/sns.ts';
import { square } from '../../src/core/sources/square.ts';

type Options = Partial<Parameters<typeof defineSource>[0]>;

function compile(preset: SourcePreset, options: Options = {}) {
  const source = defineSource({ id: 'shop', preset, secret: 'SHOP_SECRET', ...options });
  return compileIntegrations([
    defineIntegration({ name: 'test', sources: [source], targets: [], routes: [] }),
  ]);
}

function problemsOf(preset: SourcePreset, options: Options = {}) {
  const compiled = compile(preset, options);
  return compiled.ok
    ? []
    : compiled.error.map(({ field, rule }) => `${field.split('.').slice(1).join('.')} ${rule}`);
}

describe('a source', () => {
  it('whose sender signs its URL says which variable holds it', () => {
    expect(problemsOf(square)).toEqual(['url is required: square signs the URL it posts to']);
    expect(problemsOf(square, { url: 'SQUARE_URL' })).toEqual([]);
    expect(problemsOf(square, { url: 'https://relay.example' })[0]).toContain('must name a Worker variable');
    const own = genericHmac({
      signature: { header: 'x-sig', signed: '{url}{body}' },
      id: { path: 'id' },
      type: { fixed: 'a' },
    });
    expect(problemsOf(own)[0]).toContain('url is required');
  });

  it('whose keys are had from an API names its credentials, all and no others', () => {
    const url = 'EBAY_URL';
    expect(problemsOf(ebay(), { url })).toEqual([
      'credentials.client_id is required by the key API of ebay',
      'credentials.client_secret is required by the key API of ebay',
    ]);
    const credentials = { client_id: 'EBAY_ID', client_secret: 'EBAY_SECRET' };
    expect(problemsOf(ebay(), { url, credentials })).toEqual([]);
    expect(problemsOf(ebay(), { url, credentials: { ...credentials, other: 'X' } })).toEqual([
      'credentials.other must not be there: ebay has no such credential',
    ]);
    expect(problemsOf(github, { credentials: { token: 'X' } })).toHaveLength(1);
  });

  it('of an experimental preset must say that it may be used', () => {
    const url = 'EASYPOST_URL';
    expect(problemsOf(easypostV2, { url })[0]).toContain('preset is experimental');
    expect(problemsOf(easypostV2, { url, allowExperimental: true })).toEqual([]);
  });
});

describe('the configuration of a source', () => {
  const base = { PARTITIONS: 1, GENERATION: 1 };

  function read(preset: SourcePreset, options: Options, variables: Record<string, string>) {
    const compiled = compile(preset, options);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    const parsed = parseConfig({ ...base, ...variables }, compiled.value);
    return parsed.ok
      ? parsed.value.sourceSettings.get('shop')
      : parsed.error.map(({ field, rule }) => `${field} ${rule}`);
  }

  it('has its URL to the character, and its credentials', () => {
    const url = 'SHOP_URL';
    const secret = { SHOP_SECRET: 'secret' };
    const written = 'https://relay.example/hooks/shop?x=%40';
    expect(read(square, { url }, { ...secret, SHOP_URL: written })).toEqual({
      publicUrl: written,
      credentials: {},
    });
    expect(read(square, { url }, secret)).toEqual([expect.stringContaining('SHOP_URL must be the URL')]);
    expect(read(square, { url }, { ...secret, SHOP_URL: 'relay' })).toHaveLength(1);
    const credentials = { client_id: 'EBAY_ID', client_secret: 'EBAY_SECRET' };
    const all = { ...secret, SHOP_URL: written, EBAY_ID: 'id', EBAY_SECRET: 's' };
    expect(read(ebay(), { url, credentials }, all)).toEqual({
      publicUrl: written,
      credentials: { client_id: 'id', client_secret: 's' },
    });
    expect(read(ebay(), { url, credentials }, { ...all, EBAY_SECRET: '' })).toEqual([
      'EBAY_SECRET is required: the client_secret of source shop',
    ]);
  });

  it('is refused with a secret that its preset could not use', () => {
    expect(read(sns(), {}, { SHOP_SECRET: 'orders' })).toEqual([
      expect.stringContaining('ARN of an SNS topic'),
    ]);
    expect(read(sendgrid, {}, { SHOP_SECRET: 'secret' })).toEqual([expect.stringContaining('public key')]);
  });
});
