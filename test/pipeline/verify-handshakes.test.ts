// The requests by which senders test an endpoint, and what they want to hear: to the byte, and nothing for anybody else.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signSnsMessage } from '../../scripts/lib/senders-keys.ts';
import { throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { RemoteKeys } from '../../src/core/signature/remote-keys.ts';
import type { ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { bytes, noon, received } from '../support/requests.ts';
import { keysOf, publicUrl, receivedBy, signedBy, sourceOf } from '../support/sender-cases.ts';

const keys = createKeyCache();

async function outcomeOf(
  request: ReceivedRequest,
  source: SourceRuntime,
  remoteKeys: RemoteKeys = keysOf('sns'),
) {
  const result = await verify(request, source, { keys, remoteKeys });
  return result.ok ? result.value : result.error;
}

const get = (query: string, headers: Record<string, string> = {}): ReceivedRequest => ({
  ...received({ headers, method: 'GET' }),
  url: `/hooks/shop?${query}`,
});
const post = (query: string): ReceivedRequest => ({ ...received(), url: `/hooks/shop?${query}` });
const answer = (fields: object) => ({ kind: 'handshake', answer: fields });

describe('a challenge by GET', () => {
  it('of Meta is echoed to whoever knows the verify token', async () => {
    const ask = (query: string) => outcomeOf(get(query), sourceOf('meta'));
    const rest = 'hub.challenge=1158201444';
    expect(await ask(`hub.mode=subscribe&hub.verify_token=verify&${rest}`)).toMatchObject(
      answer({ status: 200, body: '1158201444', contentType: 'text/plain; charset=utf-8' }),
    );
    for (const query of [
      `hub.mode=subscribe&hub.verify_token=other&${rest}`,
      `hub.mode=subscribe&${rest}`,
      `hub.mode=unsubscribe&hub.verify_token=verify&${rest}`,
      'hub.mode=subscribe&hub.verify_token=verify',
      `hub.mode=subscribe&hub.verify_token=verify&hub.verify_token=verify&${rest}`,
    ]) {
      expect(await ask(query)).toEqual({ kind: 'no_handshake' });
    }
    const noToken = { ...sourceOf('meta'), credentials: { verify_token: '' } };
    const empty = get(`hub.mode=subscribe&hub.verify_token=&${rest}`);
    expect(await outcomeOf(empty, noToken)).toEqual({ kind: 'no_handshake' });
  });

  it('of eBay is answered with the digest of code, token and endpoint', async () => {
    const { configured } = throwawayKeys('ebay');
    const expected = createHash('sha256').update(`a-code${configured}${publicUrl}`).digest('hex');
    expect(await outcomeOf(get('challenge_code=a-code'), sourceOf('ebay'))).toMatchObject(
      answer({ contentType: 'application/json', body: JSON.stringify({ challengeResponse: expected }) }),
    );
    const withoutUrl = { ...sourceOf('ebay'), publicUrl: null };
    expect(await outcomeOf(get('challenge_code=a-code'), withoutUrl)).toEqual({ kind: 'no_handshake' });
    expect(await outcomeOf(get('challenge_code='), sourceOf('ebay'))).toEqual({ kind: 'no_handshake' });
  });

  it('of Okta is echoed from its header, and of Adobe from the query', async () => {
    const okta = get('', { 'x-okta-verification-challenge': 'my challenge' });
    expect(await outcomeOf(okta, sourceOf('okta'))).toMatchObject(
      answer({ body: '{"verification":"my challenge"}', contentType: 'application/json' }),
    );
    expect(await outcomeOf(get('challenge=abc'), sourceOf('adobe-io-events'))).toMatchObject(
      answer({ body: '{"challenge":"abc"}' }),
    );
  });

  it('is not echoed when it is oversized or holds control characters', async () => {
    for (const challenge of ['a'.repeat(1_025), 'a%0d%0ab', '%00']) {
      const request = get(`challenge=${challenge}`);
      expect(await outcomeOf(request, sourceOf('adobe-io-events'))).toEqual({ kind: 'no_handshake' });
    }
  });
});

describe.each(['microsoft-graph', 'business-central'] as const)('the validation token of %s', (sender) => {
  it('is echoed decoded, as text', async () => {
    const request = post('validationToken=Validation%3A+Testing+client');
    expect(await outcomeOf(request, sourceOf(sender))).toMatchObject(
      answer({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'Validation: Testing client' }),
    );
  });
});

describe('the intent to receive of Xero', () => {
  const signed = signedBy('xero', { payload: '{"events":[],"entropy":"S0m3r4Nd0mt3xt"}' });

  it('is a request without events, answered 200 with nothing in it', async () => {
    expect(await outcomeOf(receivedBy(signed), sourceOf('xero'))).toMatchObject({
      kind: 'intake',
      items: [],
    });
    expect(sourceOf('xero').preset.reply).toEqual({ status: 200, contentType: '', body: '' });
  });

  it('that is signed wrongly on purpose is refused without a body', async () => {
    const wrong = sourceOf('xero', { current: 'another' });
    expect(await outcomeOf(receivedBy(signed), wrong)).toMatchObject({ kind: 'unverified' });
    expect(wrong.preset.bareRefusal).toBe(true);
  });
});

describe('the URL verification of Slack and the PING of Discord', () => {
  const slackBody =
    '{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}';

  it('are answered when they are signed', async () => {
    const slack = receivedBy(signedBy('slack', { payload: slackBody }));
    expect(await outcomeOf(slack, sourceOf('slack'))).toMatchObject(
      answer({ body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' }),
    );
    const ping = receivedBy(signedBy('discord', { payload: '{"version":1,"type":0}' }));
    expect(await outcomeOf(ping, sourceOf('discord'))).toMatchObject(answer({ status: 204, body: '' }));
    const interaction = receivedBy(signedBy('discord', { payload: '{"type":1,"token":"t","version":1}' }));
    expect(await outcomeOf(interaction, sourceOf('discord'))).toMatchObject(
      answer({ status: 200, body: '{"type":1}' }),
    );
  });

  it('are refused when they are not', async () => {
    expect(await outcomeOf(received({ body: slackBody }), sourceOf('slack'))).toMatchObject({
      reason: 'missing_signature',
    });
    const ping = receivedBy(signedBy('discord', { payload: '{"version":1,"type":0}' }));
    const other = { ...ping, body: bytes('{"version":1,"type":0 }') };
    expect(await outcomeOf(other, sourceOf('discord'))).toMatchObject({ reason: 'mismatch' });
  });
});

describe('the URL validation of Zoom', () => {
  const { configured } = throwawayKeys('zoom');
  const ask = (plainToken: unknown, secrets = {}) => {
    const body = JSON.stringify({ payload: { plainToken }, event: 'endpoint.url_validation' });
    return outcomeOf(received({ body }), sourceOf('zoom', secrets));
  };

  it('is answered with the HMAC of its token', async () => {
    const encryptedToken = createHmac('sha256', configured).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex');
    expect(await ask('qgg8vlvZRS6UYooatFL8Aw')).toMatchObject(
      answer({ body: JSON.stringify({ plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken }) }),
    );
  });

  it('signs nothing that could be the content of a webhook', async () => {
    for (const token of ['v0:1:{}', 'v0:1658940994:{"event":"x"}', '', 7, null, 'a b', 'a'.repeat(129)]) {
      expect(await ask(token)).toMatchObject({ kind: 'unverified', reason: 'missing_signature' });
    }
    expect(await ask('qgg8vlvZRS6UYooatFL8Aw', { current: '' })).toMatchObject({ kind: 'unverified' });
  });
});

describe('the subscription of an SNS topic', () => {
  const { signWith, configured } = throwawayKeys('sns');
  const message = {
    Type: 'SubscriptionConfirmation',
    MessageId: 'm-1',
    Token: 'token',
    TopicArn: configured,
    Message: 'You have chosen to subscribe',
    SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=token',
    Timestamp: new Date(noon).toISOString(),
  };
  const requestOf = (changes: object) =>
    received({ body: JSON.stringify(signSnsMessage({ ...message, ...changes }, signWith)) });

  function visiting(result: Awaited<ReturnType<RemoteKeys['visit']>>) {
    const visited: string[] = [];
    const { read } = keysOf('sns');
    const visit: RemoteKeys['visit'] = async ({ url, allows }) => {
      if (!allows(new URL(url))) return { ok: false, error: 'not_allowed' };
      visited.push(url);
      return result;
    };
    return { remoteKeys: { read, visit }, visited };
  }

  it('is confirmed by visiting its address, once the message is verified', async () => {
    const { remoteKeys, visited } = visiting({ ok: true, value: null });
    expect(await outcomeOf(requestOf({}), sourceOf('sns'), remoteKeys)).toMatchObject(
      answer({ name: 'sns_subscription', status: 200 }),
    );
    expect(visited).toEqual([message.SubscribeURL]);
  });

  it('is not confirmed at an address that is not SNS’, nor for another topic, nor unsigned', async () => {
    const { remoteKeys, visited } = visiting({ ok: true, value: null });
    const outcome = (changes: object) => outcomeOf(requestOf(changes), sourceOf('sns'), remoteKeys);
    expect(await outcome({ SubscribeURL: 'https://sns.example.com/' })).toMatchObject({
      reason: 'key_not_allowed',
    });
    expect(await outcome({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:theirs' })).toMatchObject({
      reason: 'not_ours',
    });
    const forged = { ...JSON.parse(new TextDecoder().decode(requestOf({}).body)), Token: 'other' };
    expect(
      await outcomeOf(received({ body: JSON.stringify(forged) }), sourceOf('sns'), remoteKeys),
    ).toMatchObject({ reason: 'mismatch' });
    expect(visited).toEqual([]);
  });

  it('is tried again by the sender when the address gave no answer', async () => {
    const { remoteKeys } = visiting({ ok: false, error: 'unavailable' });
    expect(await outcomeOf(requestOf({}), sourceOf('sns'), remoteKeys)).toEqual({
      kind: 'undecided',
      reason: 'handshake_failed',
    });
  });

  it('that ended is acknowledged without a visit', async () => {
    const { remoteKeys, visited } = visiting({ ok: true, value: null });
    const request = requestOf({ Type: 'UnsubscribeConfirmation' });
    expect(await outcomeOf(request, sourceOf('sns'), remoteKeys)).toMatchObject(answer({ status: 200 }));
    expect(visited).toEqual([]);
  });
});
