// What the send script is about to do, and that a sender of one's own is signed for as its scheme says.
import { describe, expect, it } from 'vitest';
import { samples, topicsOf } from '../../scripts/lib/payloads-samples.ts';
import { planSend, samplePayload, sourceNames } from '../../scripts/lib/send-plan.ts';
import { senders } from '../../scripts/lib/senders.ts';
import { signByRow } from '../../scripts/lib/sign-by-row.ts';
import { hmacScheme } from '../../src/core/signature/hmac-scheme.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import { verifySignature } from '../../src/core/signature/verify-signature.ts';
import { noon, receivedFrom } from '../support/requests.ts';

describe('a plan', () => {
  it.each(sourceNames())('for %s knows its sender, its secret and a payload', (name) => {
    const plan = planSend(name);
    expect(plan?.secretVariable).toMatch(/^[A-Z_]+$/);
    const topic = topicsOf(plan?.sender ?? 'shopify')[0] ?? '';
    expect(samplePayload(plan?.sender ?? null, topic, { id: '1001', at: noon })).not.toBeNull();
  });

  it('for a sender is for a source of its name, and for nothing else there is none', () => {
    expect(planSend('github')).toMatchObject({ sender: 'github', secretVariable: 'GITHUB_WEBHOOK_SECRET' });
    expect(planSend('paypal')).toMatchObject({ key: 'kept_by_sender' });
    expect(planSend('discord')).toMatchObject({ key: 'key_pair' });
    expect(planSend('nobody')).toBeNull();
    expect(planSend('__proto__')).toBeNull();
  });

  it('has a sample for every sender', () => {
    for (const sender of senders) expect(Object.keys(samples[sender]).length).toBeGreaterThan(0);
    expect(samplePayload('github', 'nothing', { id: '1', at: noon })).toBeNull();
    expect(samplePayload(null, 'push', { id: '1', at: noon })).toBeNull();
  });
});

describe('a sender of one’s own', () => {
  const url = 'https://relay.example/hooks/own?x=1';
  const signing = { secret: '6b6579', topic: 'a', payload: { id: 1 }, now: noon, id: 'e-1', url };
  const base = { name: 'own', header: 'x-sig' };

  it.each([
    hmacScheme(base),
    hmacScheme({ ...base, prefix: 'sha512=', hash: 'SHA-512', encoding: 'base64', secretForm: 'hex' }),
    hmacScheme({ ...base, signed: '{method}{url}{path}{body_base64}.{header:x-id}' }),
    hmacScheme({ ...base, numbered: true, header: 'x-sig-' }),
    hmacScheme({
      ...base,
      keyValues: { separator: ',', timestampKey: 't', signatureKey: 's' },
      signed: '{timestamp}.{body}',
      timestamp: {},
    }),
    ...(['s', 'ms', 'iso', 'rfc2822'] as const).map((unit) =>
      hmacScheme({ ...base, signed: '{timestamp}{body}', timestamp: { header: 'x-time', unit } }),
    ),
  ])('is signed for as its scheme says: case %#', async (scheme) => {
    const signed = signByRow(scheme.row, signing, { 'x-id': '7' });
    const verdict = await verifySignature({
      scheme,
      secrets: { current: signing.secret, previous: null },
      request: receivedFrom(signed ?? { headers: {}, body: '' }),
      now: noon,
      keys: createKeyCache(),
      publicUrl: url,
    });
    expect(verdict).toEqual({ ok: true, verifiedWith: 'current' });
  });
});
