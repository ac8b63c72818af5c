// How people are told, one channel at a time: what each receiver gets, and that what is no 2xx, no answer at all or a
// redirect is a failed try whose message holds no secret.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AlertSettings } from '../../../src/config.ts';
import { limits } from '../../../src/core/limits.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import { standardScheme } from '../../../src/core/sources/standard-scheme.ts';
import { createAlertChannels, type MailBinding } from '../../../src/platform/alerts/alert-channels.ts';
import { received } from '../../support/requests.ts';

const now = Date.UTC(2026, 2, 1, 12);
const secret = 'whsec_aG9sZGZhc3QtdGVzdC1hbGVydC1zZWNyZXQtMDAwMDE=';
const slackUrl = 'https://hooks.slack.example/services/T0/B0/slack-secret-path';
const settings: AlertSettings = {
  webhook: { url: 'https://ops.example.com/alerts?key=webhook-secret-query', secret },
  slackUrl,
  email: { to: 'ops@example.com', from: 'relay@example.com' },
  network: 'public',
  blockedLineMs: 1,
  backlogMs: 1,
};
const notice = {
  subject: '[Holdfast] OPEN (critical): The circuit of a target is open (erp)',
  text: 'erp is down',
  payload: { type: 'alert.opened', timestamp: '2026-03-01T12:00:00.000Z', data: { id: 'alr_1' } },
};
const outgoing = { id: 'ntc_1', notice };
const clock = { now: () => now, wait: async () => {} };

afterEach(() => {
  vi.restoreAllMocks();
});

function channel(name: 'webhook' | 'slack' | 'email', mail: MailBinding = { send: async () => {} }) {
  const found = createAlertChannels(settings, { mail, clock }).find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no channel ${name}`);
  return found;
}

/** What a receiver that answers so gets. */
function receive(answer: (init: RequestInit) => Promise<Response>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation((_, init) => answer(init ?? {}));
}

function onlyCall(spy: ReturnType<typeof receive>) {
  expect(spy).toHaveBeenCalledTimes(1);
  const [url, init] = spy.mock.calls[0] ?? [];
  return { url: String(url), headers: new Headers(init?.headers), body: String(init?.body), init };
}

describe('the webhook', () => {
  it('gets the payload, signed so that a Standard Webhooks receiver takes it, under the id of the notice', async () => {
    const spy = receive(async () => new Response(null, { status: 204 }));
    await channel('webhook').send(outgoing);
    const { url, headers, body, init } = onlyCall(spy);
    expect(url).toBe(settings.webhook?.url);
    expect(JSON.parse(body)).toEqual(notice.payload);
    expect(headers.get('webhook-id')).toBe('ntc_1');
    expect(init?.redirect).toBe('manual');
    const accepts = async (content: string): Promise<boolean> => {
      const request = received({ headers: Object.fromEntries(headers), body: content, receivedAt: now });
      const secrets = { current: secret, previous: null };
      const question = { scheme: standardScheme, secrets, request, now, keys: createKeyCache() };
      return (await verifySignature(question)).ok;
    };
    expect(await accepts(body)).toBe(true);
    expect(await accepts(`${body} `)).toBe(false);
  });

  it('that is configured on a private address without saying so is not called at all', async () => {
    const spy = receive(async () => new Response());
    const webhook = { url: 'https://10.0.0.7/alerts', secret };
    const [inside] = createAlertChannels({ ...settings, webhook }, { mail: null, clock });
    await expect(inside?.send(outgoing)).rejects.toThrow('is an address');
    expect(spy).not.toHaveBeenCalled();
  });
});

describe('the Slack-compatible webhook', () => {
  it('gets one text with the subject in bold, and no signature', async () => {
    const spy = receive(async () => new Response('ok'));
    await channel('slack').send(outgoing);
    const { url, headers, body } = onlyCall(spy);
    expect(url).toBe(slackUrl);
    expect(JSON.parse(body)).toEqual({ text: `*${notice.subject}*\n${notice.text}` });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('webhook-signature')).toBeNull();
  });
});

describe.each(['webhook', 'slack'] as const)('a try at the %s', (name) => {
  it.each([301, 400, 404, 429, 500])('that is answered %d has failed', async (status) => {
    receive(async () => new Response(null, { status, headers: { location: 'https://elsewhere.example' } }));
    await expect(channel(name).send(outgoing)).rejects.toThrow(`the receiver answered ${status}`);
  });

  it('that takes too long is ended', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
    receive(async ({ signal }) => {
      signal?.throwIfAborted();
      return new Response();
    });
    await expect(channel(name).send(outgoing)).rejects.toThrow('the receiver was not reached: AbortError');
    expect(timeout).toHaveBeenCalledWith(limits.noticeTimeoutMs);
  });

  it('that finds nobody says so without the address, which may be a secret', async () => {
    receive(async () => {
      throw new TypeError(`Fetch API cannot load: ${slackUrl} ${settings.webhook?.url}`);
    });
    const failure = await channel(name)
      .send(outgoing)
      .catch((error: unknown) => String(error));
    expect(failure).toBe('Error: the receiver was not reached: TypeError');
  });
});

describe('the e-mail', () => {
  it('goes through the binding, from and to the configured addresses, as plain text', async () => {
    const send = vi.fn(async () => ({ messageId: '<1@example.com>' }));
    await channel('email', { send }).send(outgoing);
    const { subject, text } = notice;
    expect(send.mock.calls).toEqual([[{ to: 'ops@example.com', from: 'relay@example.com', subject, text }]]);
  });

  it('that the platform refuses is a failed try', async () => {
    const send = async () => {
      throw new Error('destination address is not verified');
    };
    await expect(channel('email', { send }).send(outgoing)).rejects.toThrow('not verified');
  });
});

describe('channels', () => {
  it('are those that are configured, and no e-mail without its binding', () => {
    const names = (changes: Partial<AlertSettings>, mail: MailBinding | null) =>
      createAlertChannels({ ...settings, ...changes }, { mail, clock }).map(({ name }) => name);
    expect(names({}, { send: async () => {} })).toEqual(['webhook', 'slack', 'email']);
    expect(names({}, null)).toEqual(['webhook', 'slack']);
    expect(names({ webhook: null, slackUrl: null }, { send: async () => {} })).toEqual(['email']);
    expect(names({ webhook: null, slackUrl: null, email: null }, null)).toEqual([]);
  });
});
