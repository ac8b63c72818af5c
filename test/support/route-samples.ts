// One request for each route that needs a key, and what becomes of it with the right credential and with one that sees other
// sources only. The matrix of access is made of these: a route without a sample fails it.

import { wholeView } from '../../src/core/identity/access-view.ts';
import type { Scope } from '../../src/core/identity/scopes.ts';
import { intakeId } from '../../src/core/intake-id.ts';
import { secretOfSubscription } from '../../src/pipeline/registry-subscriptions.ts';
import { outcomes } from './builders.ts';
import { intakeRequest } from './intake-world.ts';
import type { MemoryRelay } from './memory-relay.ts';

export type World = {
  readonly deliveryId: string;
  readonly intake: string;
  readonly bulkJob: string;
  readonly credential: string;
  readonly alert: string;
  readonly subscription: string;
};

export type Sample = {
  readonly path: (world: World) => string;
  readonly body?: unknown;
  /** By scope, where it is not the body of the first one. */
  readonly bodyOf?: Readonly<Partial<Record<Scope, unknown>>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** With the right credential. */
  readonly right: number;
  /**
   * With a credential of another source. `empty`: 200, and nothing of the source it does not see; `shared`: what is told is of
   * no source; `whole`: no credential of this scope can be narrowed.
   */
  readonly elsewhere: 404 | 'empty' | 'shared' | 'whole';
};

const note = { note: 'a test' };
const reason = { reason: 'a test' };
const to = (path: string) => () => path;
const of = (action: string) => (world: World) => `/admin/deliveries/${world.deliveryId}${action}`;
const ofIntake = (action: string) => (world: World) => `/admin/intakes/${world.intake}${action}`;
const ofSubscription = (action: string) => (world: World) =>
  `/admin/subscriptions/${world.subscription}${action}`;
const ofCredential = (action: string) => (world: World) => `/admin/credentials/${world.credential}${action}`;

const ofBulkJob = (action: string) => (world: World) => `/admin/replays/${world.bulkJob}${action}`;

const ofIssue = (act: string, right: number): Sample => ({
  path: to(`/admin/issues/iss_1/${act}`),
  body: note,
  right,
  elsewhere: 'whole',
});

export const samples: Readonly<Record<string, Sample>> = {
  'POST /operations/:operation': {
    path: to('/operations/stock.set'),
    body: { input: { sku: 'SKU-1', quantity: 3 } },
    headers: { 'idempotency-key': 'k', prefer: 'respond-async' },
    right: 202,
    elsewhere: 'shared',
  },
  'GET /jobs/:id': { path: to(`/jobs/job_${'0'.repeat(32)}`), right: 404, elsewhere: 404 },
  'POST /callbacks/:deliveryId': {
    path: (world) => `/callbacks/${world.deliveryId}`,
    body: {},
    right: 200,
    elsewhere: 404,
  },
  'GET /admin/deliveries': { path: to('/admin/deliveries'), right: 200, elsewhere: 'empty' },
  'GET /admin/deliveries/:id': { path: of(''), right: 200, elsewhere: 404 },
  // A plain request: what a socket is told is tried in test/platform/tail-object.test.ts.
  'GET /admin/tail': { path: to('/admin/tail'), right: 426, elsewhere: 'empty' },
  'POST /admin/tail/tickets': { path: to('/admin/tail/tickets'), body: {}, right: 200, elsewhere: 'shared' },
  'POST /admin/deliveries/:id/replay': { path: of('/replay'), body: {}, right: 202, elsewhere: 404 },
  'POST /admin/deliveries/:id/resolve': {
    path: of('/resolve'),
    body: { as: 'dropped', ...note },
    right: 200,
    elsewhere: 404,
  },
  'POST /admin/deliveries/:id/skip': { path: of('/skip'), body: note, right: 200, elsewhere: 404 },
  'POST /admin/deliveries/:id/release': { path: of('/release'), body: note, right: 409, elsewhere: 404 },
  'POST /admin/deliveries/:id/hold': { path: of('/hold'), body: note, right: 409, elsewhere: 404 },
  'POST /admin/deliveries/:id/cancel': { path: of('/cancel'), body: note, right: 409, elsewhere: 404 },
  'POST /admin/deliveries/:id/unblock': { path: of('/unblock'), body: note, right: 200, elsewhere: 404 },
  'POST /admin/replays': {
    path: to('/admin/replays'),
    body: reason,
    bodyOf: { 'deliveries:manage': { act: 'skip', ...reason } },
    right: 202,
    elsewhere: 'empty',
  },
  'POST /admin/replays/plan': {
    path: to('/admin/replays/plan'),
    body: {},
    bodyOf: { 'deliveries:manage': { act: 'release' } },
    right: 200,
    elsewhere: 'empty',
  },
  'GET /admin/replays': { path: to('/admin/replays'), right: 200, elsewhere: 'empty' },
  'GET /admin/replays/:id': { path: ofBulkJob(''), right: 200, elsewhere: 404 },
  'POST /admin/replays/:id/cancel': { path: ofBulkJob('/cancel'), body: note, right: 200, elsewhere: 404 },
  'GET /admin/lines': { path: to('/admin/lines'), right: 200, elsewhere: 'empty' },
  'GET /admin/intakes': { path: to('/admin/intakes'), right: 200, elsewhere: 'empty' },
  'GET /admin/intakes/:id': { path: ofIntake(''), right: 200, elsewhere: 404 },
  'POST /admin/intakes/:id/retry': { path: ofIntake('/retry'), body: note, right: 409, elsewhere: 404 },
  'POST /admin/intakes/:id/drop': { path: ofIntake('/drop'), body: note, right: 409, elsewhere: 404 },
  'GET /admin/sources': { path: to('/admin/sources'), right: 200, elsewhere: 'empty' },
  'GET /admin/sources/:id/reconciliation': {
    path: to('/admin/sources/shop/reconciliation'),
    right: 200,
    elsewhere: 404,
  },
  'POST /admin/sources/:id/reconcile': {
    path: to('/admin/sources/shop/reconcile'),
    body: { from: '2026-02-28T00:00:00Z', dryRun: true, ...reason },
    right: 200,
    elsewhere: 404,
  },
  'GET /admin/sources/:id/grants': {
    path: to('/admin/sources/shop/grants'),
    right: 200,
    elsewhere: 404,
  },
  'PUT /admin/sources/:id/grants': {
    path: to('/admin/sources/shop/grants'),
    body: { grants: [], ...reason },
    right: 200,
    elsewhere: 'whole',
  },
  'GET /admin/rejected-requests': { path: to('/admin/rejected-requests'), right: 200, elsewhere: 'empty' },
  'GET /admin/targets': { path: to('/admin/targets'), right: 200, elsewhere: 'shared' },
  'GET /admin/targets/:id': { path: to('/admin/targets/erp'), right: 200, elsewhere: 'shared' },
  'GET /admin/targets/:id/capabilities': {
    path: to('/admin/targets/erp/capabilities'),
    right: 200,
    elsewhere: 'shared',
  },
  'POST /admin/targets/:id/pause': {
    path: to('/admin/targets/erp/pause'),
    body: note,
    right: 200,
    elsewhere: 'whole',
  },
  'POST /admin/targets/:id/resume': {
    path: to('/admin/targets/erp/resume'),
    body: note,
    right: 200,
    elsewhere: 'whole',
  },
  'POST /admin/targets/:id/circuit': {
    path: to('/admin/targets/erp/circuit'),
    body: { state: 'closed', ...note },
    right: 200,
    elsewhere: 'whole',
  },
  'POST /admin/targets/:id/release': {
    path: to('/admin/targets/erp/release'),
    body: note,
    right: 200,
    elsewhere: 'whole',
  },
  'GET /admin/alerts': { path: to('/admin/alerts'), right: 200, elsewhere: 'whole' },
  'POST /admin/alerts/:id/acknowledge': {
    path: (world) => `/admin/alerts/${world.alert}/acknowledge`,
    body: note,
    right: 200,
    elsewhere: 'whole',
  },
  'GET /admin/overview': { path: to('/admin/overview'), right: 200, elsewhere: 'empty' },
  'GET /metrics': { path: to('/metrics'), right: 200, elsewhere: 'whole' },
  'GET /admin/issues': { path: to('/admin/issues'), right: 200, elsewhere: 'empty' },
  'GET /admin/issues/:id': { path: to('/admin/issues/iss_1'), right: 200, elsewhere: 404 },
  'POST /admin/issues/:id/acknowledge': ofIssue('acknowledge', 200),
  'POST /admin/issues/:id/resolve': ofIssue('resolve', 200),
  'POST /admin/issues/:id/ignore': ofIssue('ignore', 200),
  'POST /admin/issues/:id/reopen': ofIssue('reopen', 409),
  'GET /admin/partitions': { path: to('/admin/partitions'), right: 200, elsewhere: 'whole' },
  'GET /admin/costs': { path: to('/admin/costs'), right: 200, elsewhere: 'whole' },
  'GET /admin/audit': { path: to('/admin/audit'), right: 200, elsewhere: 'whole' },
  'GET /admin/audit/export': { path: to('/admin/audit/export'), right: 200, elsewhere: 'whole' },
  'GET /admin/credentials': { path: to('/admin/credentials'), right: 200, elsewhere: 'whole' },
  'POST /admin/credentials': {
    path: to('/admin/credentials'),
    body: { name: 'another', scopes: ['credentials:manage'], ...reason },
    right: 201,
    elsewhere: 'whole',
  },
  'GET /admin/credentials/:id': { path: ofCredential(''), right: 200, elsewhere: 'whole' },
  'GET /admin/credentials/:id/usage': { path: ofCredential('/usage'), right: 200, elsewhere: 'whole' },
  'POST /admin/credentials/:id/rotate': {
    path: ofCredential('/rotate'),
    body: reason,
    right: 200,
    elsewhere: 'whole',
  },
  'POST /admin/credentials/:id/revoke': {
    path: ofCredential('/revoke'),
    body: reason,
    right: 200,
    elsewhere: 'whole',
  },
  'GET /admin/subscriptions': { path: to('/admin/subscriptions'), right: 200, elsewhere: 'empty' },
  'POST /admin/subscriptions': {
    path: to('/admin/subscriptions'),
    body: { url: 'https://hooks.example.com/events', types: ['sale.confirmed'], ...reason },
    right: 201,
    elsewhere: 'shared',
  },
  'GET /admin/subscriptions/:id': { path: ofSubscription(''), right: 200, elsewhere: 404 },
  'POST /admin/subscriptions/:id/rotate': {
    path: ofSubscription('/rotate'),
    body: reason,
    right: 200,
    elsewhere: 404,
  },
  'POST /admin/subscriptions/:id/test': {
    path: ofSubscription('/test'),
    body: reason,
    right: 200,
    elsewhere: 404,
  },
  'POST /admin/subscriptions/:id/disable': {
    path: ofSubscription('/disable'),
    body: reason,
    right: 200,
    elsewhere: 404,
  },
  'POST /admin/subscriptions/:id/enable': {
    path: ofSubscription('/enable'),
    body: reason,
    right: 200,
    elsewhere: 404,
  },
  'PATCH /admin/subscriptions/:id': {
    path: ofSubscription(''),
    body: { description: 'another', ...reason },
    right: 200,
    elsewhere: 404,
  },
  'DELETE /admin/subscriptions/:id': { path: ofSubscription(''), body: reason, right: 200, elsewhere: 404 },
  'GET /admin/secrets': { path: to('/admin/secrets'), right: 200, elsewhere: 'empty' },
  'GET /admin/secrets/:kind/:id': { path: to('/admin/secrets/source/shop'), right: 404, elsewhere: 404 },
  'PUT /admin/secrets/:kind/:id': {
    path: to('/admin/secrets/source/shop'),
    body: { values: { secret: 'whsec_bWVtb3J5LXJlbGF5LW5ldy1zZWNyZXQtMDEyMzQ=' }, ...reason },
    right: 200,
    elsewhere: 404,
  },
  'DELETE /admin/secrets/:kind/:id': {
    path: to('/admin/secrets/source/shop'),
    body: reason,
    right: 404,
    elsewhere: 404,
  },
  'POST /admin/secrets/:kind/:id/end-previous': {
    path: to('/admin/secrets/source/shop/end-previous'),
    body: reason,
    right: 404,
    elsewhere: 404,
  },
  'POST /admin/secrets/rotate-key': {
    path: to('/admin/secrets/rotate-key'),
    body: reason,
    right: 200,
    elsewhere: 'whole',
  },
};

/** A dead letter and an intake of `shop`, a rejected request, an alert, and a credential to act on. */
export async function createWorld(relay: MemoryRelay, credential: string): Promise<World> {
  const [deliveryId = ''] = relay.place({
    type: 'order.placed',
    data: { id: 'ORDER-OF-SHOP', total: '10.00', name: 'Ada Lovelace' },
    eventId: 'event-of-shop',
  });
  relay.run(() => outcomes.rejected());
  // One that waits, so that there is a line.
  const waiting = { id: 'ORDER-OF-SHOP-2', total: '10.00', name: 'Ada Lovelace' };
  relay.place({ type: 'order.placed', data: waiting, eventId: 'event-of-shop-2' });
  const intake = intakeId('a'.repeat(64), 3);
  const holder = relay.sequencers.of(Number(intake.split('_')[1]));
  await holder.claimIntake(
    intakeRequest(intake, [{ eventId: 'e1', orderId: '1', kind: 'thin' }], { source: 'shop' }),
  );
  relay.rejected.push({
    ...{ id: 'r', source: 'shop', at: 1, stage: 'parse', reason: 'not_json', detail: 'body' },
    ...{ headers: { a: 'b' }, body: null },
  });
  const conditions = [
    { rule: 'dead_letters', cause: 'erp', count: 1, since: 0, summary: 'it was refused', details: {} },
  ] as const;
  await relay.alerts.report({ reporter: 'g1/p0', conditions });
  const subscription = await makeSubscription(relay);
  const bulkJob = await startBulkJob(relay);
  return { deliveryId, intake, bulkJob, credential, alert: 'alr_1', subscription };
}

/** Of all that is dead of `shop`, by somebody who sees everything. It has not begun. */
async function startBulkJob({ bulkJobs }: MemoryRelay): Promise<string> {
  const filter = { source: 'shop', status: ['dead_lettered'] } as const;
  const job = await bulkJobs.start({
    ...{ id: 'bulk_0', act: 'replay', as: null, shownFilter: { source: 'shop' }, filter },
    ...{ reason: 'a test', ratePerSecond: 1, limit: 10 },
    starter: { actor: 'crd_other', credentialId: 'crd_other', view: wholeView },
  });
  if (job === null) throw new Error('too many bulk jobs run');
  return job.id;
}

/** To all of `shop`; nobody's credential. */
async function makeSubscription(relay: MemoryRelay): Promise<string> {
  const { registry } = relay.access;
  const made = await registry.createSubscription({
    ...{ url: 'https://hooks.example.com/shop', description: 'of "shop"', owner: null, createdBy: 'a test' },
    ...{ types: ['sale.confirmed'], targets: null, entities: ['order/ORDER-OF-SHOP'] },
    view: { sources: ['shop'], grants: null },
  });
  if (made === null) throw new Error('no subscription was made');
  const values = { secret: 'whsec_c3Vic2NyaXB0aW9uLW9mLXNob3AtMDEyMzQ1Njc4OTA=' };
  await registry.putSecret({
    ...{ name: secretOfSubscription(made.id), values, overlapMs: 0, actor: 'a test' },
  });
  return made.id;
}
