// AlertsObject: the one book of alerts. Partitions, targets and the watchdog report to it; it keeps the book, logs openings
// and ends, and sends notices by its alarm, so that no reporter ever waits for a receiver. core/alerts decides.

import { DurableObject } from 'cloudflare:workers';
import { parseVariables } from '../../config.ts';
import { type Alert, type AlertReport, alertKey } from '../../core/alerts/alert.ts';
import {
  type AlertBook,
  acknowledge,
  createAlertBook,
  endUnseen,
  nextEndAt,
  takeReport,
} from '../../core/alerts/alert-book.ts';
import { decideNotices } from '../../core/alerts/decide-notices.ts';
import { renderNotice } from '../../core/alerts/render-notice.ts';
import { backoffMs } from '../../core/backoff.ts';
import { limits } from '../../core/limits.ts';
import type { Alerts } from '../../pipeline/ports.ts';
import { type AlertChannel, createAlertChannels, type MailBinding } from '../alerts/alert-channels.ts';
import { type AlertRows, alertNumber, createAlertRows, type PendingNotice } from '../alerts/alert-rows.ts';
import { systemClock, systemRandomness } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests, countStorage } from '../costs/count-object.ts';
import { createTelemetry } from '../telemetry.ts';

/** First wait after a failed try and the longest, ms: about twenty minutes over all tries. */
const retry = { attempts: limits.maxNoticeTries, baseMs: 5_000, capMs: 600_000 };

/** How many resolved alerts are read at a start, to know what was told lately. */
const recentCount = 100;

export class AlertsObject extends DurableObject<Env> implements Alerts {
  readonly #storage = countStorage(this.ctx.storage, costMeter);
  readonly #rows: AlertRows;
  readonly #book: AlertBook;
  readonly #channels: readonly AlertChannel[];
  readonly #telemetry = createTelemetry();
  /** Resolved alerts whose end is still to be told. */
  #ended: Alert[] = [];
  /** When there may be something to tell next, epoch ms. */
  #tellAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#rows = createAlertRows(this.#storage);
    const recent = this.#rows.list({ status: 'resolved', before: null, limit: recentCount });
    this.#ended = recent.filter(({ told }) => told.openedAt !== null && !told.end);
    this.#book = createAlertBook({
      open: this.#rows.readOpen(),
      recent,
      sentAt: this.#rows.readSentAt(),
      reports: this.#rows.readReports(),
      nextNumber: this.#rows.nextNumber(),
      muted: this.#rows.readMuted(),
    });
    const variables = parseVariables({ ...env });
    const mail = Reflect.get(env, 'ALERT_MAIL') as MailBinding | undefined;
    this.#channels = variables.ok
      ? createAlertChannels(variables.value.alerts, { mail: mail ?? null, clock: systemClock })
      : [];
  }

  async report(report: AlertReport): Promise<void> {
    this.#rows.transaction(() => {
      this.#rows.writeReport(report);
      this.#keep(takeReport(this.#book, report, Date.now()));
    });
    await this.#tell();
  }

  async list(request: Parameters<Alerts['list']>[0]): Promise<readonly Alert[]> {
    const { status, limit } = request;
    const before = request.before === null ? null : alertNumber(request.before);
    return this.#rows.list({ status, before, limit });
  }

  async acknowledge(id: string, act: { readonly by: string; readonly note: string }): Promise<Alert | null> {
    const alert = acknowledge(this.#book, id, { ...act, at: Date.now() });
    if (alert === null) return null;
    this.#keep([alert]);
    await this.#tell();
    return alert;
  }

  async mute(of: Parameters<Alerts['mute']>[0]): Promise<void> {
    const key = alertKey(of);
    this.#rows.writeMuted(key, of.muted);
    if (of.muted) this.#book.muted.add(key);
    else this.#book.muted.delete(key);
    await this.#tell();
  }

  override async alarm(): Promise<void> {
    // Whatever happens below, another alarm comes.
    await this.#storage.setAlarm(Date.now() + watchdogMs);
    this.#keep(endUnseen(this.#book, Date.now()));
    this.#decide();
    for (const pending of this.#rows.readNotices()) {
      if (pending.dueAt <= Date.now()) await this.#send(pending);
    }
    this.#rows.prune();
    await this.#setAlarm();
  }

  /** Writes what changed; an opening and an end are log lines of their own. */
  #keep(changed: readonly Alert[]): void {
    for (const alert of changed) {
      this.#rows.writeAlert(alert);
      const { id, rule, cause, severity, summary, count, details } = alert;
      // A detail never takes the place of what every such line has.
      const fields = { ...details, alert: id, rule, cause, severity, summary, count };
      if (alert.status === 'resolved') {
        this.#ended.push(alert);
        this.#telemetry.log('info', 'alert.resolved', fields);
      } else if (alert.openedAt === alert.lastSeenAt && alert.told.openedAt === null) {
        this.#telemetry.log(alert.severity === 'critical' ? 'error' : 'warn', 'alert.opened', fields);
      }
    }
  }

  /** Decides what is to be told and leaves the sending to the alarm: a reporter waits for nobody. */
  async #tell(): Promise<void> {
    this.#decide();
    await this.#setAlarm();
  }

  #decide(): void {
    const now = Date.now();
    this.#rows.transaction(() => {
      const decided = decideNotices(this.#book, this.#ended, now);
      const told = new Set(decided.changed.map(({ id }) => id));
      this.#ended = this.#ended.filter(({ id, told: { openedAt } }) => openedAt !== null && !told.has(id));
      for (const alert of decided.changed) this.#rows.writeAlert(alert);
      for (const notice of decided.notices) {
        const rendered = renderNotice(notice, now);
        const id = `ntc_${systemRandomness.uuid()}`;
        for (const { name: channel } of this.#channels) {
          this.#rows.writeNotice({ id, channel, notice: rendered, failures: 0, dueAt: now });
        }
      }
      this.#tellAt = decided.nextAt;
      if (decided.notices.length > 0) this.#rows.writeSentAt(this.#book.sentAt);
    });
  }

  async #send(pending: PendingNotice): Promise<void> {
    const { channel: name, notice, failures } = pending;
    const channel = this.#channels.find((each) => each.name === name);
    const fields = { notice: pending.id, channel: name, subject: notice.subject };
    try {
      // A channel that is no longer configured is told nothing more.
      await channel?.send(pending);
      this.#rows.removeNotice(pending);
      this.#telemetry.log('info', 'alert.notified', fields);
    } catch (error) {
      const tried = failures + 1;
      const isLast = tried >= retry.attempts;
      const waitMs = backoffMs(retry, tried, { random: 0.5 + systemRandomness.next() / 2 });
      if (isLast) this.#rows.removeNotice(pending);
      else this.#rows.writeNotice({ ...pending, failures: tried, dueAt: Date.now() + waitMs });
      this.#telemetry.log('error', isLast ? 'alert.not_notified' : 'alert.notice_failed', {
        ...fields,
        failures: tried,
        waitMs: isLast ? null : waitMs,
        error: String(error),
      });
    }
  }

  async #setAlarm(): Promise<void> {
    const now = Date.now();
    const times = [
      this.#tellAt,
      nextEndAt(this.#book),
      ...this.#rows.readNotices().map(({ dueAt }) => dueAt),
    ].filter((at) => at !== null);
    if (times.length === 0) await this.#storage.deleteAlarm();
    else await this.#storage.setAlarm(Math.max(now, Math.min(...times)));
  }
}

/** Next alarm while one is running, ms: longer than one notice on every channel takes. */
const watchdogMs = 60_000;

countRequests(AlertsObject.prototype, costMeter);
