// Subscriptions of Business Central: made where they are missing, renewed before they end, and left alone otherwise.
import { describe, expect, it } from 'vitest';
import { createRenewSubscriptions } from '../../../src/erp/business-central/bc-subscriptions.ts';
import { bodyOf, says, scriptedConnection } from '../rest/support/scripted-connection.ts';

const companyId = 'f64eba74-dacd-4854-a584-1834f68cfc3a';
const renew = createRenewSubscriptions({ companyId, currency: 'EUR' });
const now = Date.parse('2026-11-24T12:00:00Z');
const hourMs = 3_600_000;
const notificationUrl = 'https://relay.example/hooks/bc';
const wish = {
  notificationUrl,
  clientState: 'state',
  resources: ['items', 'customers'],
  now,
  renewBeforeMs: 48 * hourMs,
};

function held(collection: string, hours: number, url = notificationUrl) {
  return {
    ...{ subscriptionId: `id-${collection}`, notificationUrl: url, '@odata.etag': 'W/"3"' },
    resource: `https://api.businesscentral.dynamics.com/v2.0/t/p/api/v2.0/companies(${companyId.toUpperCase()})/${collection}`,
    expirationDateTime: new Date(now + hours * hourMs).toISOString(),
  };
}

describe('the subscriptions of Business Central', () => {
  it('are renewed with their etag where they end soon, and kept where they do not', async () => {
    const erp = scriptedConnection((request) =>
      request.write ? says(200, {}) : says(200, { value: [held('items', 47), held('customers', 70)] }),
    );
    expect(await renew(erp, wish)).toEqual({
      kind: 'renewed',
      createdCount: 0,
      renewedCount: 1,
      keptCount: 1,
    });
    expect(erp.writes()).toEqual([
      expect.objectContaining({
        method: 'PATCH',
        path: "/subscriptions('id-items')",
        headers: { 'if-match': 'W/"3"' },
        body: { notificationUrl, clientState: 'state', resource: `/api/v2.0/companies(${companyId})/items` },
      }),
    ]);
  });

  it('are made where only somebody else has them', async () => {
    const others = [held('items', 70, 'https://other.example/'), held('customers', 70)];
    const erp = scriptedConnection((request) =>
      request.write ? says(201, {}) : says(200, { value: others }),
    );
    expect(await renew(erp, wish)).toMatchObject({ createdCount: 1, keptCount: 1 });
    expect(erp.writes().map(bodyOf)).toEqual([expect.objectContaining({ clientState: 'state' })]);
  });

  it('that cannot be renewed say why', async () => {
    const refusal = { error: { code: 'Authorization_UserHasNoPermission', message: 'no right' } };
    const erp = scriptedConnection((request) =>
      request.write ? says(403, refusal) : says(200, { value: [] }),
    );
    expect(await renew(erp, wish)).toMatchObject({ kind: 'rejected', code: 'not_permitted' });
    expect(
      await renew(
        scriptedConnection(() => says(200, {})),
        wish,
      ),
    ).toMatchObject({ kind: 'contract_broken' });
  });
});
