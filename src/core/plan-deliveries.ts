// Event × routes → the deliveries a claim asks for, each with its operation key.
// Pure; never throws: what a route's own functions do wrong becomes the problem of its delivery, never a lost event.

import type { PlannedDelivery } from './delivery.ts';
import type { MappedEvent } from './event.ts';
import { operationKeyOf } from './keys.ts';
import type { Route } from './route.ts';

export type PlannableEvent = MappedEvent & { readonly orderingKey: string };

/** In the order of `routes`; a route whose `when` says no plans nothing. */
export function planDeliveries(event: PlannableEvent, routes: readonly Route[]): readonly PlannedDelivery[] {
  return routes.flatMap((route) => {
    const delivery = planDelivery(event, route);
    return delivery === null ? [] : [delivery];
  });
}

/** One route's delivery; null where the route does not take the event. */
export function planDelivery(event: PlannableEvent, route: Route): PlannedDelivery | null {
  const planned = {
    routeId: route.id,
    target: route.target,
    operation: route.operation.name,
    policy: route.policy,
  };
  try {
    if (route.when !== undefined && !isTaken(route.when(event))) return null;
    return { ...planned, ...keysOf(event, route), problem: null };
  } catch (error) {
    const message = `route ${route.id}: ${error instanceof Error ? error.message : String(error)}`;
    return { ...planned, operationKey: null, staleKey: null, problem: { code: 'mapping_failed', message } };
  }
}

/** Anything but true or false is a mistake (an un-awaited promise is truthy), and no reason to skip an event. */
function isTaken(answer: unknown): boolean {
  if (typeof answer !== 'boolean') throw new Error(`when must give true or false, not ${kindOf(answer)}`);
  return answer;
}

function keysOf(event: PlannableEvent, route: Route): Pick<PlannedDelivery, 'operationKey' | 'staleKey'> {
  const key = { orderingKey: event.orderingKey, target: route.target, operation: route.operation.name };
  const { repeats } = route.operation;
  if (repeats === 'never') return { operationKey: operationKeyOf(key), staleKey: staleKeyOf(route, key) };
  const subject = keyPart('subject', route.subject?.(event));
  const ofSubject = { ...key, subject };
  if (repeats === 'per_subject') {
    return { operationKey: operationKeyOf(ofSubject), staleKey: staleKeyOf(route, ofSubject) };
  }
  const version = keyPart('version', route.version?.(event));
  return { operationKey: operationKeyOf({ ...ofSubject, version }), staleKey: staleKeyOf(route, ofSubject) };
}

/** What a newer input makes pointless: the same subject, whatever its version. */
function staleKeyOf(route: Route, key: Parameters<typeof operationKeyOf>[0]): string | null {
  return route.policy.onStale === 'skip' ? operationKeyOf(key) : null;
}

function keyPart(field: 'subject' | 'version', value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${field} must give text, not ${kindOf(value)}`);
  if (value === '') throw new Error(`${field} must not give an empty text`);
  // Half a surrogate pair would be stored as U+FFFD, so that two keys became one.
  if (!value.isWellFormed()) throw new Error(`${field} must give well-formed Unicode`);
  // What `String()` and templates make of a field that is missing: one key for everything that lacks it.
  if (value === 'undefined' || value === 'null' || value === 'NaN') {
    throw new Error(`${field} gives "${value}": the field it reads is missing`);
  }
  return value;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
