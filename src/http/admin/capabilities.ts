// GET /admin/targets/:id/capabilities: what an adapter can do of every operation of the catalogue, and what its ERP says of
// itself. Never a credential; an ERP that does not answer is shown without.

import type { Hono } from 'hono';
import * as z from 'zod';
import { capabilityOf, missingModules } from '../../core/erp-capabilities.ts';
import { limits } from '../../core/limits.ts';
import type { AnyOperation } from '../../core/operation.ts';
import type { TargetDefinition } from '../../core/target.ts';
import { operations } from '../../operations/index.ts';
import type { InstanceReading } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { validQuery } from './validate.ts';

export const capabilitiesQuery = z.strictObject({
  /** `?fresh` alone says true. */
  fresh: z.enum(['', 'true', 'false'], 'must be true or false').optional(),
});

export function routeCapabilities(app: Hono<HttpEnv>): void {
  app.get('/admin/targets/:id/capabilities', validQuery(capabilitiesQuery), async (c) => {
    const services = c.get('services');
    const target = services.definition.targets.get(c.req.param('id'));
    if (target === undefined) return problem(c, 'not_found');
    // Not at once either: whoever asks in a loop shall not load the ERP.
    const isFresh = (c.req.valid('query').fresh ?? 'false') !== 'false';
    const maxAgeMs = isFresh ? limits.instanceRecheckMs : limits.instanceTtlMs;
    const reading = await readInstance(services, target, maxAgeMs);
    const { name, version, level, once } = target.adapter;
    return c.json({
      target: target.id,
      adapter: { name, version, level, once },
      operations: Object.fromEntries(
        Object.values(operations).map((operation) => [operation.name, toWire(target, operation, reading)]),
      ),
      instance: toWireInstance(reading),
    });
  });
}

async function readInstance(
  { clock, instances }: HttpServices,
  target: TargetDefinition,
  maxAgeMs: number,
): Promise<InstanceReading> {
  try {
    return await within(clock, limits.operatorWaitMs, instances.find(target, maxAgeMs));
  } catch {
    return { kind: 'unread', message: `no answer within ${limits.operatorWaitMs} ms`, at: clock.now() };
  }
}

function toWire({ adapter }: TargetDefinition, operation: AnyOperation, reading: InstanceReading) {
  const capability = capabilityOf(adapter, operation);
  if (!capability.supported) return capability;
  const isKnown = reading.kind === 'read' && reading.instance.modules !== null;
  /** Null: the ERP does not say which modules are on. */
  const missing = isKnown ? missingModules(capability, reading.instance) : null;
  return { ...capability, missingModules: missing };
}

function toWireInstance(reading: InstanceReading) {
  if (reading.kind === 'not_offered') return { status: reading.kind };
  const { at } = reading;
  if (reading.kind === 'unread')
    return { status: reading.kind, message: reading.message, askedAt: toIso(at) };
  const validUntil = toIso(at + limits.instanceTtlMs);
  return { status: reading.kind, readAt: toIso(at), validUntil, ...reading.instance };
}
