// GET /admin/issues and /admin/issues/:id: failures by their cause, and what is dead or held with one. POST …/acknowledge,
// …/resolve, …/ignore and …/reopen: what a person says of one, which its alert follows.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { wholeView } from '../../core/identity/access-view.ts';
import {
  alertOfIssue,
  type Issue,
  type IssueAct,
  issueActs,
  issueStates,
  mayAct,
  totalsOf,
} from '../../core/issues/issue.ts';
import { limits } from '../../core/limits.ts';
import { within } from '../../pipeline/within.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toWireDelivery } from '../to-wire.ts';
import { toWireIssue } from '../to-wire-issue.ts';
import { flushJournals, recordAct } from './audit.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { causeFilter, failedStatuses, issueIdField, pageLimit } from './filter.ts';
import { listDeliveries } from './list-deliveries.ts';
import { orUnavailable } from './or-unavailable.ts';
import { noteBody } from './resolutions.ts';
import { validBody, validQuery } from './validate.ts';

const text = z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters);
const stateField = z.enum(issueStates, { error: `must be one of ${issueStates.join(', ')}` });

export const issuesQuery = z.strictObject({
  /** One, or several with commas. */
  state: z
    .string()
    .transform((value) => value.split(','))
    .pipe(z.array(stateField).min(1))
    .optional(),
  target: text.optional(),
  operation: text.optional(),
  reason: text.optional(),
  code: text.optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

export function routeIssues(app: Hono<HttpEnv>): void {
  app.get('/admin/issues', validQuery(issuesQuery), (c) =>
    orUnavailable(c, async () => {
      const services = c.get('services');
      const { state = null, limit, cursor, ...given } = c.req.valid('query');
      const cause = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const isCurrent = await flushJournals(services);
      const before = cursor === undefined ? null : { lastSeenAt: cursor.at, id: cursor.id };
      const query = { states: state, cause, view: wholeView, before, limit: limit + 1 };
      const found = await within(services.clock, limits.operatorWaitMs, services.issues.list(query));
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return c.json({
        issues: page.map((issue) => toWireIssue(issue, c.get('caller'))),
        nextCursor:
          last === undefined ? null : formatCursor({ at: totalsOf(last.sources).lastSeenAt, id: last.id }),
        journal: isCurrent ? 'current' : 'behind',
      });
    }),
  );

  app.get('/admin/issues/:id', (c) =>
    orUnavailable(c, async () => {
      const services = c.get('services');
      const caller = c.get('caller');
      await flushJournals(services);
      const issue = await findIssue(c);
      if (issue === null) return problem(c, 'not_found');
      const filter = { ...causeFilter(issue), status: failedStatuses };
      const page = await listDeliveries(services, { filter, cursor: null, limit: limits.issueSamples });
      return c.json({
        ...toWireIssue(issue, caller),
        deliveries: page.views.map((view) => toWireDelivery(view, caller)),
        alert: caller.scopes.has('alerts:read') ? await alertIdOf(services, issue) : null,
      });
    }),
  );

  for (const act of Object.keys(issueActs) as IssueAct[])
    app.post(`/admin/issues/:id/${act}`, validBody(noteBody), (c) =>
      orUnavailable(c, () => sayOf(c, act, c.req.valid('json').note)),
    );
}

async function sayOf(c: Context<HttpEnv>, act: IssueAct, note: string): Promise<Response> {
  const services = c.get('services');
  const { actor } = c.get('caller');
  await flushJournals(services);
  const issue = await findIssue(c);
  if (issue === null) return problem(c, 'not_found');
  const { to } = issueActs[act];
  const said = { act, by: actor, note, at: services.clock.now() };
  if (!mayAct(act, issue.state) || !(await services.issues.act(issue.id, said)))
    return problem(c, 'wrong_state', { detail: `The issue is ${issue.state}.` });
  await tellAlert(services, issue, { act, by: actor, note });
  const fields = { requestId: c.get('requestId'), actor, issue: issue.id, target: issue.target };
  services.telemetry.log('info', 'issue.changed', { ...fields, before: issue.state, after: to });
  await recordAct(services, {
    ...{ actor, deliveryId: null, orderingKey: null, target: issue.target, reason: note },
    action: to === 'open' ? 'reopened' : to,
    before: `${issue.id} ${issue.state}`,
    after: `${issue.id} ${to}`,
  });
  const changed = await findIssue(c);
  return changed === null ? problem(c, 'not_found') : c.json(toWireIssue(changed, c.get('caller')));
}

/** Who looks after an issue looks after its alert; of an ignored one nobody is told. The issue's state stands all the same. */
async function tellAlert(
  services: HttpServices,
  issue: Issue,
  said: { readonly act: IssueAct; readonly by: string; readonly note: string },
): Promise<void> {
  const { alerts, telemetry } = services;
  const { act, by, note } = said;
  const { rule, cause, own } = alertOfIssue(issue);
  try {
    if (own) await alerts.mute({ rule, cause, muted: act === 'ignore' });
    if (act !== 'acknowledge') return;
    const id = await alertIdOf(services, issue);
    if (id !== null) await alerts.acknowledge(id, { by, note });
  } catch (error) {
    telemetry.log('error', 'issue.alert_not_told', { issue: issue.id, rule, cause, error: String(error) });
  }
}

/** Null: none is open, or the book does not answer. */
async function alertIdOf({ alerts, clock, telemetry }: HttpServices, issue: Issue): Promise<string | null> {
  const { rule, cause } = alertOfIssue(issue);
  const asked = alerts.list({ status: 'open', before: null, limit: limits.maxSearchedAlerts });
  try {
    const open = await within(clock, limits.operatorWaitMs, asked);
    return open.find((alert) => alert.rule === rule && alert.cause === cause)?.id ?? null;
  } catch (error) {
    telemetry.log('error', 'alerts.unavailable', { error: String(error) });
    return null;
  }
}

function findIssue(c: Context<HttpEnv>): Promise<Issue | null> {
  const id = issueIdField.safeParse(c.req.param('id'));
  const { clock, issues } = c.get('services');
  return id.success
    ? within(clock, limits.operatorWaitMs, issues.find(id.data, wholeView))
    : Promise.resolve(null);
}
