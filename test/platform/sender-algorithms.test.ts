// The algorithms of the senders on the runtime that production has: signatures that the senders themselves published.
import { describe, expect, it } from 'vitest';
import { importJwtKey } from '../../src/core/signature/jwt-key.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import { type Candidates, matchKey } from '../../src/core/signature/match-signature.ts';
import { importPublicKey } from '../../src/core/signature/public-key.ts';
import type { HmacHash, KeyAlgorithm, SignatureEncoding } from '../../src/core/signature/scheme.ts';

type Answer = {
  readonly from: string;
  readonly algorithm: KeyAlgorithm;
  readonly hash: HmacHash;
  readonly encoding: SignatureEncoding;
  readonly key: string;
  readonly content: string;
  readonly signature: string;
};

const answers: readonly Answer[] = [
  {
    from: 'aws-php-sns-message-validator: tests/FunctionalValidationsTest.php (RSA, SHA-1)',
    algorithm: 'rsa',
    hash: 'SHA-1',
    encoding: 'base64',
    key: '-----BEGIN PUBLIC KEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAutFqueT3XgP13udzxE6UpbdjOtVO5DwoMpSMiDNMnGzF1TYH5/R2LPUOBeTB0SkKnR4kpNcUZhicpGD4aKciz/GEZ6wu65xncfT9H/KBOQwoXYTuClHwp6fYpGzcGFaFoEYMnijL/o4qmTSd+ukglQUgKpsDw4ofw6rUm2CttJo+GQSNQ9NfGR1h/0J+zsApkeSYrXRx5wNlu87z8os1C/6PBrUHwt3xXeafXzfwut8aRRYsS8BySOA9DAgLfNHlfdQCjKPXKrG/ussgReyWD6n/HH+j7Uha3xosTzQqJifcxlTq6MxWdPR6fDaJNvqw6DOE7UjUNxHguXHlVfxhlQIDAQAB-----END PUBLIC KEY-----',
    content:
      'Message\nHello world\nMessageId\n792cda85-518f-5dd3-9163-81d851212f3a\nTimestamp\n2022-07-28T21:23:58.317Z\nTopicArn\narn:aws:sns:us-east-2:295079676684:publish-and-verify-892f85fe-4836-424d-8188-ab85bef0f362\nType\nNotification\n',
    signature:
      'ghtf+deOBAzHJJZ6s6CdRLfTQAlcGzq9naoFM1wi0CJiq//uVRuZnamrkWNF0fhouMFvuLVRwcz8PZLUMSfnmd5VpdTKpTyiKmy1qJAZXma0w+yi7G+I33hD1Jyk1Nbym2n0kqp3fVu2aoooiN2ZeLAT2bH0/BtjLSfN1yAOKNoprco4qV9gGUZinXJdj9a1YdNhDR2jKi33ldlsVtEXAtiaDklGEk7DgRKX38GerBPiLg3FdtgY6KC7cdeGpU/dGK+4hjc83Ive1HoFkAwqhpgInM2sMytBosoiXfCmOKmU4xeGD0gHDNZTlJUJQDlzw8Eag0H9f/5zXF9d3uy0YQ==',
  },
  {
    from: 'event-notification-nodejs-sdk: test/test.json (ECDSA P-256, SHA-1, DER)',
    algorithm: 'ecdsa',
    hash: 'SHA-1',
    encoding: 'der_base64',
    key: '-----BEGIN PUBLIC KEY-----MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof02qgBB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==-----END PUBLIC KEY-----',
    content:
      '{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION","schemaVersion":"1.0","deprecated":false},"notification":{"notificationId":"49feeaeb-4982-42d9-a377-9645b8479411_33f7e043-fed8-442b-9d44-791923bd9a6d","eventDate":"2021-03-19T20:43:59.462Z","publishDate":"2021-03-19T20:43:59.679Z","publishAttemptCount":1,"data":{"username":"test_user","userId":"ma8vp1jySJC","eiasToken":"nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY+gAZGEpwmdj6x9nY+seQ=="}}}',
    signature:
      'MEYCIQCfxfIWuxmWcIBQJ9c5/X7iGDJqs2RCGsBEaAjinyrrfAIhAIV6wGcTiBuV5KJUif2hokyrL+Q9ssHkad+mx2nEE25w',
  },
  {
    from: 'sendgrid-nodejs: packages/eventwebhook/src/eventwebhook.spec.js (ECDSA P-256, SHA-256, DER)',
    algorithm: 'ecdsa',
    hash: 'SHA-256',
    encoding: 'der_base64',
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
    content:
      '1600112502[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n',
    signature:
      'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
  },
  {
    from: 'RFC 8032, 7.1, test 1 (Ed25519)',
    algorithm: 'ed25519',
    hash: 'SHA-256',
    encoding: 'hex',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    content: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
];

const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));

describe.each(answers)('$from', ({ algorithm, hash, encoding, key: text, content, signature }) => {
  const matchOf = async (changed: Partial<Candidates>) => {
    const key = await createKeyCache().keyOf(text, { hash, secretForm: 'public_key', algorithm });
    if (key === null) throw new Error('no key');
    return matchKey(key, { texts: [signature], encoding, contents: [encode(content)], ...changed });
  };

  it('is verified, and nothing else is', async () => {
    expect(await matchOf({})).toBe('match');
    expect(await matchOf({ contents: [encode(`${content} `)] })).toBe('mismatch');
    expect(await matchOf({ texts: [signature.slice(0, -4)] })).not.toBe('match');
  });
});

it('an Ed25519 key that is no point of the curve verifies nothing', async () => {
  const key = await importPublicKey('ff'.repeat(32), 'ed25519', 'SHA-256');
  if (key === null) return;
  const candidates = { texts: ['00'.repeat(64)], encoding: 'hex', contents: [encode('')] } as const;
  expect(await matchKey({ ...key, algorithm: 'ed25519' }, candidates)).toBe('mismatch');
});

it('a JWT key is imported for its algorithm alone', async () => {
  const [sns] = answers;
  expect(await importJwtKey(sns?.key ?? '', 'public_key', 'RS256')).not.toBeNull();
  expect(await importJwtKey(sns?.key ?? '', 'public_key', 'ES256')).toBeNull();
  expect(await importJwtKey(sns?.key ?? '', 'public_key', 'HS256')).toBeNull();
});
