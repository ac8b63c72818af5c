// Webhooks that end are asked for again over the target's connection; what fails is told, and over once it works again.
import { describe, expect, it } from 'vitest';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration, defineSource, defineTarget } from '../../src/core/define-integration.ts';
import type { ErpResponse } from '../../src/core/erp.ts';
import { businessCentral } from '../../src/core/sources/business-central.ts';
import { createBusinessCentralAdapter } from '../../src/erp/business-central/business-central-adapter.ts';
import { sandboxAdapter } from '../../src/erp/sandbox/sandbox-adapter.ts';
import type { ErpConnections, Telemetry } from '../../src/pipeline/ports.ts';
import { renewSubscriptions } from '../../src/pipeline/renew-subscriptions.ts';
import { bodyOf, says, scriptedConnection } from '../erp/rest/support/scripted-connection.ts';
import { createMemoryAlerts } from '../support/memory-alerts.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const companyId = 'f64eba74-dacd-4854-a584-1834f68cfc3a';

function targetOf(adapter = createBusinessCentralAdapter({ companyId, currency: 'EUR' })) {
  const names = Object.fromEntries(adapter.credentialFields.map((field) => [field, 'ERP_SECRET']));
  const times = { timeoutMs: 5_000, quietMs: 10_000 };
  return defineTarget({
    id: 'erp',
    adapter,
    experimental: true,
    baseUrl: 'ERP_URL',
    credential: names,
    ...times,
  });
}

const erp = targetOf();
const subscribe = { target: erp, resources: ['items'] };
const bc = defineSource({ id: 'bc', preset: businessCentral, secret: 'BC', url: 'BC_URL', subscribe });

function world(answer: () => ErpResponse) {
  const connection = scriptedConnection((request) => (request.write ? answer() : says(200, { value: [] })));
  const connections: ErpConnections = {
    open: () => ({ erp: connection, exchanges: [], lastWriteAt: () => null, writeCount: () => 0 }),
  };
  const lines: string[] = [];
  const telemetry = { log: (_level: string, event: string) => lines.push(event) } as unknown as Telemetry;
  const alerts = createMemoryAlerts(() => now);
  const compiled = compileIntegrations([
    defineIntegration({ name: 'bc', sources: [bc], targets: [erp], routes: [] }),
  ]);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const runtime = {
    ...{ id: 'bc', preset: businessCentral, publicUrl: 'https://relay.example/hooks/bc' },
    secrets: { current: 'state', previous: null },
  };
  const clock = { now: () => now };
  const deps = {
    definition: compiled.value,
    findSource: async () => runtime,
    connections,
    alerts,
    clock,
    telemetry,
  };
  return { deps, connection, lines, alerts };
}

describe('webhooks that end', () => {
  it('are asked for with the address and the secret of their source', async () => {
    const { deps, connection, lines } = world(() => says(201, {}));
    await renewSubscriptions(deps);
    expect(connection.writes().map(bodyOf)).toEqual([
      expect.objectContaining({ notificationUrl: 'https://relay.example/hooks/bc', clientState: 'state' }),
    ]);
    expect(lines).toEqual(['subscription.renewed']);
  });

  it('that cannot be had are an alert until they can', async () => {
    let answer = says(403, { error: { code: 'Authorization_X', message: 'no right' } });
    const { deps, lines, alerts } = world(() => answer);
    await renewSubscriptions(deps);
    expect(lines).toEqual(['subscription.not_renewed']);
    const open = () => alerts.list({ status: 'open', before: null, limit: 10 });
    expect(await open()).toEqual([
      expect.objectContaining({ rule: 'subscription_lost', summary: expect.stringContaining('no right') }),
    ]);
    answer = says(201, {});
    await renewSubscriptions(deps);
    expect(await open()).toEqual([]);
  });

  it('do not stop the run where the source cannot be read', async () => {
    const { deps, lines } = world(() => says(201, {}));
    await renewSubscriptions({ ...deps, findSource: async () => Promise.reject(new Error('no registry')) });
    expect(lines).toEqual(['subscription.not_renewed']);
  });
});

describe('a source that asks for webhooks', () => {
  const problemsOf = (source: typeof bc, targets = [erp]) => {
    const compiled = compileIntegrations([
      defineIntegration({ name: 'bc', sources: [source], targets, routes: [] }),
    ]);
    return compiled.ok ? [] : compiled.error.map(({ field }) => field);
  };

  it('does not start without a URL, a target that can, and what it wants', () => {
    const { urlVariable: _url, ...withoutUrl } = bc;
    const sandbox = targetOf(sandboxAdapter);
    expect(problemsOf(withoutUrl)).toEqual(['sources[0] (bc).subscribe.url']);
    expect(problemsOf({ ...bc, subscribe: { target: sandbox, resources: ['../x'] } }, [sandbox])).toEqual([
      'sources[0] (bc).subscribe.target',
      'sources[0] (bc).subscribe.resources',
    ]);
    expect(problemsOf(bc, [])).toEqual(['sources[0] (bc).subscribe.target']);
  });
});
