// Issues as an operator works with them: found by cause, shown with what failed, taken up, ignored, and replayed as one.
import { describe, expect, it } from 'vitest';
import { makeCredential } from '../../support/credentials.ts';
import { createMemoryRelay } from '../../support/memory-relay.ts';

const rejected = (code: string) =>
  ({ kind: 'rejected', effect: 'none', code, message: `refused: ${code}`, fieldErrors: [] }) as const;

type Wire = { readonly id: string; readonly code: string; readonly alert: string | null };

/** Two orders refused for one cause, one for another. */
async function failingRelay() {
  const relay = createMemoryRelay();
  const ids = ['1', '2', '3'].flatMap((id) =>
    relay.place({ type: 'order.placed', data: { id, total: '10.00' }, eventId: `event-${id}` }),
  );
  const codes = new Map(ids.map((id, index) => [id, index < 2 ? 'period_closed' : 'unknown_customer']));
  relay.run(({ delivery }) => rejected(codes.get(delivery.id) ?? ''));
  const { issues } = (await (await relay.ask('/admin/issues')).json()) as { issues: readonly Wire[] };
  const issue = issues.find(({ code }) => code === 'period_closed')?.id ?? '';
  return { relay, issue, issues };
}

async function alertFor(relay: Awaited<ReturnType<typeof failingRelay>>['relay'], code: string) {
  const cause = `erp/sale.confirm/rejected/${code}`;
  const details = { target: 'erp', operation: 'sale.confirm', reason: 'rejected', code };
  const base = { rule: 'dead_letters', cause, count: 2, since: relay.services.clock.now() } as const;
  const conditions = [{ ...base, summary: 'refused', details }];
  await relay.alerts.report({ reporter: 'g1/p0', conditions });
}

describe('GET /admin/issues', () => {
  it('groups what failed by target, operation, reason and code, and filters by them and by state', async () => {
    const { relay, issues } = await failingRelay();
    expect(issues).toHaveLength(2);
    const answer = await relay.ask('/admin/issues?code=period_closed&state=open,acknowledged');
    expect(await answer.json()).toMatchObject({
      issues: [{ target: 'erp', reason: 'rejected', count: 2, openCount: 2, state: 'open', redacted: [] }],
      nextCursor: null,
      journal: 'current',
    });
    expect(await (await relay.ask('/admin/issues?state=ignored')).json()).toMatchObject({ issues: [] });
    expect((await relay.ask('/admin/issues?state=loud')).status).toBe(400);
  });

  it('says that the journal is away instead of an empty list', async () => {
    const { relay } = await failingRelay();
    relay.journal.state = 'away';
    expect((await relay.ask('/admin/issues')).status).toBe(503);
  });
});

describe('GET /admin/issues/:id', () => {
  it('shows what is dead with it and the alert that tells of it', async () => {
    const { relay, issue } = await failingRelay();
    await alertFor(relay, 'period_closed');
    const shown = (await (await relay.ask(`/admin/issues/${issue}`)).json()) as Wire & {
      readonly deliveries: readonly Wire[];
    };
    expect(shown.deliveries.map(({ code }) => code)).toEqual(['period_closed', 'period_closed']);
    expect(shown.alert).toBe('alr_1');
    const { alerts } = (await (await relay.ask('/admin/alerts')).json()) as {
      alerts: readonly { readonly issues: string }[];
    };
    const back = (await (await relay.ask(alerts[0]?.issues ?? '')).json()) as { issues: readonly Wire[] };
    expect(back.issues.map(({ id }) => id)).toEqual([issue]);
  });

  it('is 404 for what is none', async () => {
    const { relay } = await failingRelay();
    expect((await relay.ask('/admin/issues/iss_zz')).status).toBe(404);
    expect((await relay.ask('/admin/issues/nonsense')).status).toBe(404);
  });

  it('shows who sees a part only no word of others', async () => {
    const { relay, issue } = await failingRelay();
    await relay.ask(`/admin/issues/${issue}/acknowledge`, { note: 'the other shop has it too' });
    const { key } = await makeCredential(relay, { scopes: ['deliveries:read'], sources: ['shop'] });
    const shown = await (await relay.askAs(key, `/admin/issues/${issue}`)).text();
    expect(JSON.parse(shown)).toMatchObject({ state: 'acknowledged', count: 2, alert: null });
    expect(JSON.parse(shown).redacted).toContain('note');
    expect(shown).not.toContain('the other shop');
  });
});

describe('a word on an issue', () => {
  it('is kept, audited and logged, and acknowledges its alert', async () => {
    const { relay, issue } = await failingRelay();
    await alertFor(relay, 'period_closed');
    expect((await relay.ask(`/admin/issues/${issue}/acknowledge`, {})).status).toBe(400);
    const answer = await relay.ask(`/admin/issues/${issue}/acknowledge`, { note: 'on it' });
    expect(await answer.json()).toMatchObject({ state: 'acknowledged', stateBy: 'admin_key', note: 'on it' });
    const audit = await (await relay.ask('/admin/audit?action=acknowledged')).json();
    expect(audit).toMatchObject({ acts: [{ before: `${issue} open`, after: `${issue} acknowledged` }] });
    expect(relay.log.filter(({ event }) => event === 'issue.changed')).toHaveLength(1);
    const alerts = await (await relay.ask('/admin/alerts')).json();
    expect(alerts).toMatchObject({ alerts: [{ acknowledged: { note: 'on it' } }] });
    const again = await relay.ask(`/admin/issues/${issue}/acknowledge`, { note: 'twice' });
    expect([again.status, ((await again.json()) as Wire).code]).toEqual([409, 'wrong_state']);
  });

  it('to ignore it silences its alert, and to reopen it lets it be told again', async () => {
    const { relay, issue } = await failingRelay();
    await relay.ask(`/admin/issues/${issue}/ignore`, { note: 'a test shop' });
    const key = 'dead_letters\nerp/sale.confirm/rejected/period_closed';
    expect([...relay.alerts.book.muted]).toEqual([key]);
    await relay.ask(`/admin/issues/${issue}/reopen`, { note: 'no, it is real' });
    expect([...relay.alerts.book.muted]).toEqual([]);
  });

  it('stands although the book of alerts is away, and a line says so', async () => {
    const { relay, issue } = await failingRelay();
    relay.alerts.mute = () => Promise.reject(new Error('the book is away'));
    const answer = await relay.ask(`/admin/issues/${issue}/resolve`, { note: 'mended' });
    expect(await answer.json()).toMatchObject({ state: 'resolved' });
    expect(relay.log.some(({ event }) => event === 'issue.alert_not_told')).toBe(true);
  });
});

describe('the filter by issue', () => {
  it('lists what is dead with its cause, and replays that alone', async () => {
    const { relay, issue } = await failingRelay();
    const listed = (await (await relay.ask(`/admin/deliveries?issue=${issue}`)).json()) as {
      deliveries: readonly Wire[];
    };
    expect(listed.deliveries.map(({ code }) => code)).toEqual(['period_closed', 'period_closed']);
    const replays = { filter: { issue }, reason: 'the period is open' };
    const { id } = (await (await relay.ask('/admin/replays', replays)).json()) as { id: string };
    await relay.runBulkJobs();
    const job = await relay.ask(`/admin/replays/${id}`);
    expect(await job.json()).toMatchObject({ filter: { issue }, total: 2, done: 2, refused: 0 });
  });

  it('of an issue there is none of is 404, never everything', async () => {
    const { relay } = await failingRelay();
    expect((await relay.ask('/admin/deliveries?issue=iss_zz')).status).toBe(404);
    const replays = { filter: { issue: 'iss_zz' }, reason: 'all of it' };
    expect((await relay.ask('/admin/replays', replays)).status).toBe(404);
    expect((await relay.ask('/admin/deliveries?issue=all')).status).toBe(400);
  });
});
