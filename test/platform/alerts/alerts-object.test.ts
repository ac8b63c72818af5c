// The sending of notices by the book of alerts, over its real storage: each channel has tries of its own, a failed one comes
// again later under the same id, the last one gives up loudly, and no log line holds a secret.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { AlertsObject } from '../../../src/platform/durable-objects/alerts-object.ts';

const secretParts = [
  'slack-secret-path',
  'aG9sZGZhc3QtdGVzdC1hbGVydC1zZWNyZXQtMDAwMDE',
  'webhook-secret-query',
];
const [slackPart, signingPart, queryPart] = secretParts;
const webhookUrl = `https://ops.example.com/alerts?key=${queryPart}`;
const slackUrl = `https://hooks.slack.example/services/T0/B0/${slackPart}`;

type Mail = { readonly subject: string; readonly text: string; readonly to: string };

/** What each receiver does with a try, and the tries it got. */
const receivers = {
  webhook: { fails: false, got: [] as { id: string; type: string }[] },
  slack: { fails: false, got: [] as string[] },
  email: { fails: false, got: [] as Mail[] },
};
/** Far ahead, so that the runtime's own clock never comes to an alarm set here: the tests run each alarm themselves. */
let now = Date.UTC(2100, 2, 1, 12);
let logged: string[] = [];
let used = 0;

beforeEach(() => {
  logged = [];
  for (const receiver of Object.values(receivers)) Object.assign(receiver, { fails: false, got: [] });
  vi.spyOn(Date, 'now').mockImplementation(() => now);
  for (const level of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...parts) => void logged.push(parts.map(String).join(' ')));
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const body = JSON.parse(String(init?.body)) as { type: string; text: string };
    const isSlack = String(input) === slackUrl;
    const id = new Headers(init?.headers).get('webhook-id') ?? '';
    if (isSlack) receivers.slack.got.push(body.text);
    else receivers.webhook.got.push({ id, type: body.type });
    const { fails } = isSlack ? receivers.slack : receivers.webhook;
    if (fails) throw new TypeError(`Fetch API cannot load: ${String(input)}`);
    return new Response(null, { status: 204 });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const mail = {
  send: async (message: Mail) => {
    receivers.email.got.push(message);
    if (receivers.email.fails) throw new Error('destination address is not verified');
  },
};

const settings = {
  ALERT_WEBHOOK_URL: webhookUrl,
  ALERT_WEBHOOK_SECRET: `whsec_${signingPart}=`,
  ALERT_SLACK_URL: slackUrl,
  ALERT_EMAIL_TO: 'ops@example.com',
  ALERT_EMAIL_FROM: 'relay@example.com',
  ALERT_MAIL: mail,
};

/** Over the storage of an object of its own, with every channel on. */
async function withBook(work: (book: AlertsObject, state: DurableObjectState) => Promise<void>) {
  used += 1;
  const stub = env.ALERTS.get(env.ALERTS.idFromName(`book-${used}`));
  await runInDurableObject(stub, async (_, state) => {
    await work(new AlertsObject(state, { ...env, ...settings } as unknown as Env), state);
  });
}

const condition = {
  rule: 'circuit_open',
  cause: 'erp',
  count: 1,
  since: now,
  summary: 'erp failed 5 of 5 times',
  details: { target: 'erp', cause: 'five_in_a_row' },
} as const;
const open = { reporter: 'target/erp', conditions: [condition] };

/** Goes on to the next alarm and runs it. */
async function nextAlarm(book: AlertsObject, state: DurableObjectState): Promise<void> {
  const at = await state.storage.getAlarm();
  if (at === null) throw new Error('no alarm is set');
  now = Math.max(now, at);
  await book.alarm();
}

function eventsNamed(event: string): string[] {
  return logged.filter((line) => line.includes(`"${event}"`));
}

describe('a notice', () => {
  it('reaches every channel once, and so does its end', async () => {
    await withBook(async (book, state) => {
      await book.report(open);
      await nextAlarm(book, state);
      await book.report({ reporter: 'target/erp', conditions: [] });
      await nextAlarm(book, state);
      await book.alarm();
    });
    expect(receivers.webhook.got.map(({ type }) => type)).toEqual(['alert.opened', 'alert.resolved']);
    expect(receivers.slack.got).toHaveLength(2);
    expect(receivers.email.got.map(({ to }) => to)).toEqual(['ops@example.com', 'ops@example.com']);
    expect(receivers.email.got[0]?.text).toContain('docs/alerts.md#circuit_open');
    expect(eventsNamed('alert.notified')).toHaveLength(6);
    expect(eventsNamed('alert.opened').map((line) => JSON.parse(line).cause)).toEqual(['erp']);
  });

  it('that one receiver does not take is tried again there alone, later and under the same id', async () => {
    receivers.webhook.fails = true;
    receivers.email.fails = true;
    await withBook(async (book, state) => {
      await book.report(open);
      await nextAlarm(book, state);
      const failedAt = now;
      receivers.webhook.fails = false;
      await book.alarm();
      expect(receivers.webhook.got).toHaveLength(1);
      for (let alarms = 0; alarms < 3 && receivers.webhook.got.length < 2; alarms += 1)
        await nextAlarm(book, state);
      expect(now).toBeGreaterThan(failedAt);
    });
    const [first, second] = receivers.webhook.got;
    expect(second).toEqual(first);
    expect(receivers.slack.got).toHaveLength(1);
    expect(eventsNamed('alert.notice_failed').length).toBeGreaterThanOrEqual(2);
  });

  it('survives the end of the object between two tries', async () => {
    receivers.slack.fails = true;
    await withBook(async (book, state) => {
      await book.report(open);
      await nextAlarm(book, state);
      receivers.slack.fails = false;
      const again = new AlertsObject(state, { ...env, ...settings } as unknown as Env);
      await nextAlarm(again, state);
    });
    expect(receivers.slack.got).toHaveLength(2);
    expect(receivers.webhook.got).toHaveLength(1);
  });

  it('is not made of what is muted, also after the end of the object, until it is muted no more', async () => {
    const of = { rule: 'circuit_open', cause: 'erp' } as const;
    await withBook(async (book, state) => {
      await book.mute({ ...of, muted: true });
      const again = new AlertsObject(state, { ...env, ...settings } as unknown as Env);
      await again.report(open);
      await again.alarm();
      expect(receivers.webhook.got).toEqual([]);
      expect(await again.list({ status: 'open', before: null, limit: 10 })).toHaveLength(1);
      await again.mute({ ...of, muted: false });
      await again.alarm();
      expect(receivers.webhook.got.map(({ type }) => type)).toEqual(['alert.opened']);
    });
  });

  it('is given up after its last try, which an error line says, and nothing of it is left', async () => {
    receivers.email.fails = true;
    const startedAt = now;
    await withBook(async (book, state) => {
      await book.report(open);
      for (let alarms = 0; alarms < limits.maxNoticeTries; alarms += 1) await nextAlarm(book, state);
      const tookMs = now - startedAt;
      expect(tookMs).toBeGreaterThan(5 * 60_000);
      expect(tookMs).toBeLessThan(30 * 60_000);
      now += 3_600_000;
      await book.alarm();
    });
    expect(receivers.email.got).toHaveLength(limits.maxNoticeTries);
    expect(eventsNamed('alert.not_notified')).toHaveLength(1);
    expect(receivers.webhook.got).toHaveLength(1);
  });

  it('leaves no secret in a log line, whatever becomes of it', async () => {
    for (const receiver of Object.values(receivers)) receiver.fails = true;
    await withBook(async (book, state) => {
      await book.report(open);
      for (let alarms = 0; alarms < 3; alarms += 1) await nextAlarm(book, state);
    });
    expect(eventsNamed('alert.notice_failed').length).toBeGreaterThanOrEqual(3);
    for (const part of secretParts) expect(logged.join('\n')).not.toContain(part);
  });
});
