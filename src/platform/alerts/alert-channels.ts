// How people are told: a Standard Webhooks-signed webhook, a Slack-compatible one, an e-mail through the platform's binding.
// Each is one try: it resolves when the notice was taken and throws where it was not. Repeating is the object's business.

import type { AlertSettings } from '../../config.ts';
import type { RenderedNotice } from '../../core/alerts/render-notice.ts';
import { checkUrl } from '../../core/egress.ts';
import { limits } from '../../core/limits.ts';
import { signMessage } from '../../core/signature/sign-message.ts';
import type { Clock } from '../../pipeline/ports.ts';

export type ChannelName = 'webhook' | 'slack' | 'email';

/** A notice under an id that stays the same over every try. */
export type OutgoingNotice = { readonly id: string; readonly notice: RenderedNotice };

export type AlertChannel = {
  readonly name: ChannelName;
  send(outgoing: OutgoingNotice): Promise<void>;
};

/** The platform's `send_email` binding, as far as it is used. */
export type MailBinding = {
  send(message: { from: string; to: string; subject: string; text: string }): Promise<unknown>;
};

/** Those that are configured. `mail`: the binding ALERT_MAIL, where there is one. */
export function createAlertChannels(
  settings: AlertSettings,
  parts: { readonly mail: MailBinding | null; readonly clock: Clock },
): readonly AlertChannel[] {
  const channels: AlertChannel[] = [];
  const { webhook, slackUrl, email, network } = settings;
  if (webhook !== null) {
    channels.push({
      name: 'webhook',
      send: async ({ id, notice }) => {
        const body = JSON.stringify(notice.payload);
        const headers = await signMessage(webhook.secret, { id, at: parts.clock.now(), body });
        await post(webhook.url, network, { body, headers });
      },
    });
  }
  if (slackUrl !== null) {
    channels.push({
      name: 'slack',
      send: ({ notice }) => {
        const body = JSON.stringify({ text: `*${notice.subject}*\n${notice.text}` });
        return post(slackUrl, network, { body, headers: {} });
      },
    });
  }
  const { mail } = parts;
  if (email !== null && mail !== null) {
    channels.push({
      name: 'email',
      send: async ({ notice: { subject, text } }) => {
        await mail.send({ ...email, subject, text });
      },
    });
  }
  return channels;
}

/** No redirect is followed: the host that was configured is the host that is told. */
async function post(
  url: string,
  network: AlertSettings['network'],
  request: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<void> {
  const checked = checkUrl(url, network);
  if (!checked.ok) throw new Error(checked.error.message);
  const response = await fetch(checked.value, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: request.body,
    redirect: 'manual',
    signal: AbortSignal.timeout(limits.noticeTimeoutMs),
  }).catch((error: unknown) => {
    // The platform's messages may name the URL, which may be all it takes to post there; what is thrown is logged.
    throw new Error(`the receiver was not reached: ${error instanceof Error ? error.name : 'unknown error'}`);
  });
  await response.body?.cancel();
  if (response.status < 200 || response.status > 299)
    throw new Error(`the receiver answered ${response.status}`);
}
