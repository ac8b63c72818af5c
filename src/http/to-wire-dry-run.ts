// A dry run as the admin API shows it. Without `payloads:read` the input is masked, and of each call only where it goes.

import type { DryRun } from '../pipeline/dry-run.ts';
import type { ShownCalls } from '../pipeline/show-calls.ts';
import { masked, named, seesPayloads, type Viewer } from './access/redact.ts';
import { toWireLedger } from './to-wire.ts';

export function toWireDryRun(shown: DryRun, viewer: Viewer) {
  const { deliveryId, routeId, target, adapter, operation, operationKey, inputHash, problem, would } = shown;
  const { value: input, redacted } = seesPayloads(viewer)
    ? { value: shown.input, redacted: [] }
    : masked(shown.input, 'input');
  const { calls, redacted: ofCalls } = toWireCalls(shown.calls, seesPayloads(viewer));
  const { end, message, outcome, later } = shown.calls;
  return {
    dryRun: true,
    deliveryId,
    would,
    supersededBy: shown.supersededBy,
    route: routeId,
    target,
    adapter,
    operation,
    operationKey,
    ledger: toWireLedger(shown.ledger),
    input,
    inputHash,
    calls,
    callsEnd: { kind: end, message, outcome, later },
    redacted: named(redacted, ofCalls),
    problem:
      problem === null ? null : { code: problem.code, message: problem.message, errors: problem.fieldErrors },
  };
}

/** A body is what a person bought; a search for it may carry a name, and a header the operation key alone. */
function toWireCalls({ calls }: ShownCalls, isWhole: boolean) {
  if (isWhole) return { calls, redacted: [] };
  const shown = calls.map(({ body: _body, url, ...call }) => ({ ...call, url: url.split('?')[0] ?? '' }));
  const redacted = [
    ...(calls.some(({ body }) => body !== null) ? ['calls[].body'] : []),
    ...(calls.some(({ url }) => url.includes('?')) ? ['calls[].url'] : []),
  ];
  return { calls: shown, redacted };
}
