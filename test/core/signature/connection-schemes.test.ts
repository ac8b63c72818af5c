// Proofs that lie in the connection: the caller's address and a client certificate, as the platform tells them.
import { describe, expect, it } from 'vitest';
import { allOf } from '../../../src/core/signature/combine-schemes.ts';
import {
  clientCertificateScheme,
  ipAllowListScheme,
} from '../../../src/core/signature/connection-schemes.ts';
import { isInRanges, parseRanges } from '../../../src/core/signature/ip-ranges.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { SignatureScheme } from '../../../src/core/signature/scheme.ts';
import { headerTokenScheme } from '../../../src/core/signature/token-scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import type { Peer } from '../../../src/core/source.ts';
import { noon, received } from '../../support/requests.ts';

const fingerprint = 'ab'.repeat(32);

async function outcomeOf(
  scheme: SignatureScheme,
  asked: { peer?: Peer; secret: string; previous?: string; headers?: Record<string, string> },
) {
  const { peer, secret, previous = null, headers = {} } = asked;
  const verdict = await verifySignature({
    scheme,
    secrets: { current: secret, previous },
    request: { ...received({ headers }), ...(peer === undefined ? {} : { peer }) },
    now: noon,
    keys: createKeyCache(),
  });
  return verdict.ok ? verdict.verifiedWith : verdict.reason;
}

const from = (address: string | null): Peer => ({ address, certificate: null });

describe('an address', () => {
  const isIn = (address: string, text: string) => isInRanges(address, parseRanges(text) ?? []);

  it.each([
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.114.7', '203.0.113.0/24', false],
    ['203.0.113.7', '198.51.100.1, 203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7/32', false],
    ['128.0.0.1', '128.0.0.0/1', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::ffff:203.0.113.7', '203.0.113.0/24', true],
    ['203.0.113.7', '::/1', false],
    ['not an address', '203.0.113.0/24', false],
    ['203.0.113.07', '203.0.113.0/24', false],
    ['', '203.0.113.0/24', false],
  ])('%s in %s: %s', (address, ranges, expected) => {
    expect(isIn(address, ranges)).toBe(expected);
  });

  it.each([
    '',
    '  ',
    '0.0.0.0/0',
    '::/0',
    '203.0.113.0/33',
    '203.0.113',
    '203.0.113.256',
    '1.2.3.4/',
    '2001:db8:::1',
    '1:2:3:4:5:6:7:8:9',
    'a.b.c.d',
    '203.0.113.0/24 x',
  ])('is never in the list %j, which is none', (text) => {
    expect(parseRanges(text)).toBeNull();
  });
});

describe('the list of addresses', () => {
  const scheme = ipAllowListScheme({ name: 'carrier' });

  it('lets in who is on it, by the platform’s word alone', async () => {
    const secret = '203.0.113.0/24';
    expect(await outcomeOf(scheme, { peer: from('203.0.113.7'), secret })).toBe('current');
    expect(await outcomeOf(scheme, { peer: from('198.51.100.7'), secret })).toBe('address_not_allowed');
    expect(await outcomeOf(scheme, { peer: from('198.51.100.7'), secret, previous: '198.51.100.0/24' })).toBe(
      'previous',
    );
    const headers = { 'x-forwarded-for': '203.0.113.7', 'cf-connecting-ip': '203.0.113.7' };
    expect(await outcomeOf(scheme, { secret, headers })).toBe('address_not_allowed');
    expect(await outcomeOf(scheme, { peer: from(null), secret, headers })).toBe('address_not_allowed');
  });

  it('must be one', async () => {
    expect(scheme.secretProblem('203.0.113.0/24 2001:db8::/32')).toBeNull();
    expect(scheme.secretProblem('everybody')).toContain('IP addresses');
    expect(await outcomeOf(scheme, { peer: from('203.0.113.7'), secret: 'everybody' })).toBe(
      'secret_unusable',
    );
  });
});

describe('the client certificate', () => {
  const scheme = clientCertificateScheme({ name: 'bank' });
  const shown = (verified: boolean, fingerprintSha256 = fingerprint): Peer => ({
    address: null,
    certificate: { verified, fingerprintSha256 },
  });

  it('must be verified by the edge and have the fingerprint', async () => {
    const colons = fingerprint.toUpperCase().match(/../g)?.join(':') ?? '';
    expect(await outcomeOf(scheme, { peer: shown(true), secret: fingerprint })).toBe('current');
    expect(await outcomeOf(scheme, { peer: shown(true), secret: colons })).toBe('current');
    expect(await outcomeOf(scheme, { peer: shown(false), secret: fingerprint })).toBe('certificate_missing');
    expect(await outcomeOf(scheme, { peer: from(null), secret: fingerprint })).toBe('certificate_missing');
    expect(await outcomeOf(scheme, { secret: fingerprint })).toBe('certificate_missing');
    expect(await outcomeOf(scheme, { peer: shown(true, 'cd'.repeat(32)), secret: fingerprint })).toBe(
      'mismatch',
    );
    expect(scheme.secretProblem('abc')).toContain('fingerprint');
  });
});

it('of several proofs every one must hold', async () => {
  const scheme = allOf('both', [
    headerTokenScheme({ name: 'a', header: 'X-A' }),
    headerTokenScheme({ name: 'b', header: 'X-B' }),
  ]);
  const outcome = (headers: Record<string, string>) =>
    outcomeOf(scheme, { headers, secret: 'new', previous: 'old' });
  expect(await outcome({ 'x-a': 'new', 'x-b': 'new' })).toBe('current');
  expect(await outcome({ 'x-a': 'new', 'x-b': 'old' })).toBe('previous');
  expect(await outcome({ 'x-a': 'new' })).toBe('missing_signature');
  expect(await outcome({ 'x-a': 'wrong', 'x-b': 'new' })).toBe('mismatch');
});
