// The rules a source, a target and a route must keep, each told with the field that breaks it.
// Pure. Types say some of them too; they are said again here because a relay that starts wrongly loses events quietly.

import { checkGate } from './check-target-gate.ts';
import type { EventPrerequisite, RouteDefinition } from './define-integration.ts';
import { directSource } from './direct-request.ts';
import type { EnrichStep } from './enrich.ts';
import { needsConsent } from './erp-capabilities.ts';
import { allows } from './identity/access-view.ts';
import { limits } from './limits.ts';
import { noticeTarget } from './notice.ts';
import type { ReconcileStep } from './reconcile.ts';
import type { ConfigProblem, SourceDefinition } from './relay-definition.ts';
import { type RoutePolicy, routeBounds, routeDefaults } from './route.ts';
import type { SubscribeStep } from './subscriptions.ts';
import type { TargetDefinition } from './target.ts';
import type { WatchStep } from './watch.ts';

/** Where the thing to check is written. */
type Place = { readonly file: string; readonly field: string };

/** Ids stand in URLs, keys, logs and tables. */
const idPattern = /^[a-z][a-z0-9-]{0,62}$/;
const idRule =
  'must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters';

const variablePattern = /^[A-Z][A-Z0-9_]{0,127}$/;
const variableRule = 'must name a Worker variable in capitals, digits and underscores, such as ERP_BASE_URL';

export const nameRule = `${idRule}: the name of its file without .ts`;

export const isIntegrationName = (name: string): boolean => idPattern.test(name);

/** Collects what is wrong below one place. */
function problemsAt({ file, field: parent }: Place) {
  const found: ConfigProblem[] = [];
  return {
    found,
    expect(holds: boolean, field: string, rule: string): void {
      if (!holds) found.push({ file, field: `${parent}.${field}`, rule });
    },
    expectWithin(bounds: keyof typeof routeBounds, value: number, field: string): void {
      const { min, max } = routeBounds[bounds];
      const holds = Number.isInteger(value) && value >= min && value <= max;
      const unit = bounds.endsWith('Ms') ? ' ms' : '';
      if (!holds)
        found.push({
          file,
          field: `${parent}.${field}`,
          rule: `must be a whole number from ${min} to ${max}${unit}`,
        });
    },
  };
}

export function checkSource(source: SourceDefinition, place: Place): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  expect(idPattern.test(source.id), 'id', idRule);
  expect(source.id !== directSource, 'id', 'must not be operations: so are direct requests named');
  if (source.watch !== undefined) return [...found, ...checkWatch(source.watch, place)];
  expect(variablePattern.test(source.secretVariable), 'secret', variableRule);
  expect(
    !source.secretVariable.endsWith('_PREVIOUS'),
    'secret',
    'must not end in _PREVIOUS: so is the old value named',
  );
  found.push(...checkSourceNeeds(source, place));
  found.push(...checkEarlierEntities(source, place));
  if (source.enrich !== undefined) found.push(...checkEnrich(source, source.enrich, place));
  if (source.subscribe !== undefined) found.push(...checkSubscribe(source, source.subscribe, place));
  if (source.reconcile !== undefined) found.push(...checkReconcile(source.reconcile, place));
  return found;
}

/** A name of a collection stands in a path: letters only. */
const collectionPattern = /^[A-Za-z]{1,100}$/;

function checkSubscribe(
  { urlVariable }: SourceDefinition,
  { target, resources }: SubscribeStep,
  { file, field }: Place,
): readonly ConfigProblem[] {
  const { found, expect } = problemsAt({ file, field: `${field}.subscribe` });
  expect(urlVariable !== undefined, 'url', 'is required of the source: it is where the ERP shall post to');
  const { name, renewSubscriptions } = target.adapter;
  expect(renewSubscriptions !== undefined, 'target', `must renew webhooks: the adapter ${name} does not`);
  const isWithin = resources.length > 0 && resources.every((resource) => collectionPattern.test(resource));
  expect(isWithin, 'resources', 'must be names of collections, such as items');
  return found;
}

function checkWatch({ target, kinds, everyMs }: WatchStep, place: Place): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  const { name, changes } = target.adapter;
  expect(changes !== undefined, 'target', `must say what changed: the adapter ${name} does not`);
  const known = changes?.kinds ?? kinds;
  const isKnown = kinds.length > 0 && kinds.every((kind) => known.includes(kind));
  expect(isKnown, 'kinds', `must be kinds the adapter ${name} can watch: ${known.join(', ')}`);
  const { least, most } = limits.watchEveryMs;
  const isWithin = Number.isInteger(everyMs) && everyMs >= least && everyMs <= most;
  expect(isWithin, 'everyMs', `must be a whole number from ${least} to ${most} (ms)`);
  return found;
}

/** They are asked in turn, and each says until when: what a generation made belongs to the rule of its time. */
function checkEarlierEntities(
  { earlierEntities = [] }: SourceDefinition,
  place: Place,
): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  earlierEntities.forEach(({ untilGeneration }, index) => {
    const field = `earlierEntities[${index}].untilGeneration`;
    expect(
      Number.isInteger(untilGeneration) && untilGeneration >= 1,
      field,
      'must be a generation: 1, 2, 3 …',
    );
    const before = earlierEntities[index - 1]?.untilGeneration ?? 0;
    expect(untilGeneration > before, field, 'must be above the one before: the first rule stands first');
  });
  return found;
}

function checkReconcile({ api, everyMs }: ReconcileStep, { file, field }: Place): readonly ConfigProblem[] {
  const { found, expect, expectWithin } = problemsAt({ file, field: `${field}.reconcile` });
  expect(variablePattern.test(api.baseUrlVariable), 'api.baseUrl', variableRule);
  expect(api.tokenVariable === null || variablePattern.test(api.tokenVariable), 'api.token', variableRule);
  expectWithin('timeoutMs', api.timeoutMs, 'api.timeoutMs');
  const { least, most } = limits.reconcileEveryMs;
  expect(
    Number.isInteger(everyMs) && everyMs >= least && everyMs <= most,
    'everyMs',
    `must be a whole number from ${least} to ${most} (ms)`,
  );
  return found;
}

function checkEnrich(source: SourceDefinition, step: EnrichStep, place: Place): readonly ConfigProblem[] {
  const { file, field } = place;
  const { found, expect, expectWithin } = problemsAt({ file, field: `${field}.enrich` });
  const { baseUrlVariable, tokenVariable, timeoutMs } = step.api;
  expect(variablePattern.test(baseUrlVariable), 'api.baseUrl', variableRule);
  expect(tokenVariable === null || variablePattern.test(tokenVariable), 'api.token', variableRule);
  expectWithin('timeoutMs', timeoutMs, 'api.timeoutMs');
  for (const type of step.types ?? [])
    expect(canSend(source, type), 'types', `must be types the source sends: ${source.id} has no ${type}`);
  return found;
}

/** What a preset asks of a source beside its secret. */
function checkSourceNeeds(source: SourceDefinition, place: Place): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  const { preset, urlVariable, credentialVariables = {} } = source;
  const needed = preset.credentials ?? [];
  expect(
    urlVariable !== undefined || !preset.scheme.needsUrl,
    'url',
    `is required: ${preset.name} signs the URL it posts to`,
  );
  expect(urlVariable === undefined || variablePattern.test(urlVariable), 'url', variableRule);
  for (const name of needed) {
    const given = Object.hasOwn(credentialVariables, name);
    expect(given, `credentials.${name}`, `is required by the key API of ${preset.name}`);
  }
  for (const [name, variable] of Object.entries(credentialVariables)) {
    const rule = needed.includes(name)
      ? variableRule
      : `must not be there: ${preset.name} has no such credential`;
    expect(needed.includes(name) && variablePattern.test(variable), `credentials.${name}`, rule);
  }
  expect(
    preset.experimental === undefined || source.allowExperimental === true,
    'preset',
    `is experimental (${preset.experimental}): allowExperimental must say that it may be used`,
  );
  return found;
}

export function checkTarget(target: TargetDefinition, place: Place): readonly ConfigProblem[] {
  const { found, expect, expectWithin } = problemsAt(place);
  const { adapter, baseUrlVariable, credentialVariables } = target;
  expect(idPattern.test(target.id), 'id', idRule);
  expect(target.id !== noticeTarget, 'id', 'must not be callbacks: so is named where notices go');
  expect(baseUrlVariable === null || variablePattern.test(baseUrlVariable), 'baseUrl', variableRule);
  expect(
    target.tokenUrlVariable === undefined || variablePattern.test(target.tokenUrlVariable),
    'tokenUrl',
    variableRule,
  );
  if (adapter.problems !== undefined) {
    // What it would need and do is not known: what else is wrong would be a consequence.
    for (const { field, rule } of adapter.problems) expect(false, `adapter.${field}`, rule);
    return found;
  }
  const optional = adapter.session.optionalFields ?? [];
  for (const field of adapter.credentialFields) {
    expect(
      Object.hasOwn(credentialVariables, field),
      `credential.${field}`,
      `is required by the adapter ${adapter.name}`,
    );
  }
  for (const [field, variable] of Object.entries(credentialVariables)) {
    const known = adapter.credentialFields.includes(field) || optional.includes(field);
    expect(known, `credential.${field}`, `must not be there: the adapter ${adapter.name} has no such part`);
    expect(!known || variablePattern.test(variable), `credential.${field}`, variableRule);
  }
  expect(
    adapter.level !== 'documented' || target.experimental === true,
    'experimental',
    `must be true: the adapter ${adapter.name} was written from documentation and has never met its ERP`,
  );
  expectWithin('timeoutMs', target.timeoutMs, 'timeoutMs');
  expectWithin('quietMs', target.quietMs, 'quietMs');
  expect(isQuietEnough(target, target.timeoutMs), 'quietMs', quietRule(target));
  return [...found, ...checkGate(target, place)];
}

/** With native keys a call that is made twice is done once, so nothing rests on "not found". */
function isQuietEnough({ adapter, quietMs }: TargetDefinition, timeoutMs: number): boolean {
  return adapter.once === 'native_key' || quietMs >= timeoutMs;
}

function quietRule({ adapter, quietMs }: TargetDefinition): string {
  return `timeoutMs must be at most quietMs (${quietMs}): else ${adapter.name} may still do what is taken for not done`;
}

type RouteContext = Place & {
  readonly policy: RoutePolicy;
  readonly sources: ReadonlyMap<string, SourceDefinition>;
  readonly targets: ReadonlyMap<string, TargetDefinition>;
};

export function checkRoute(route: RouteDefinition, context: RouteContext): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(context);
  const { source, target, operation, type } = route;
  expect(idPattern.test(route.id), 'id', idRule);
  expect(
    context.sources.get(source.id) === source,
    'source',
    `must be listed under sources: ${source.id} is not`,
  );
  expect(
    context.targets.get(target.id) === target,
    'target',
    `must be listed under targets: ${target.id} is not`,
  );
  expect(
    canSend(source, type),
    'type',
    `must be a type the source sends: ${source.id} has no ${JSON.stringify(type)}`,
  );
  const { operations, batches = {} } = target.adapter;
  const handlers = operation.batch === undefined ? operations : batches;
  const handler = Object.hasOwn(handlers, operation.name) ? handlers[operation.name] : undefined;
  expect(
    handler !== undefined,
    'target',
    `must run ${operation.name}: the adapter ${target.adapter.name} does not`,
  );
  expect(
    target.adapter.level === 'documented' || !needsConsent(target, operation),
    'target',
    `must be experimental: ${operation.name} of the adapter ${target.adapter.name} has never met its ERP`,
  );
  expect(
    allows(source.grants ?? null, { operation: operation.name, target: target.id }),
    'target',
    `must be granted to its source: ${source.id} may not run ${operation.name} on ${target.id}`,
  );
  expect(typeof route.input === 'function', 'input', 'must be a function');
  return [
    ...found,
    ...checkKey(route, context),
    ...checkBatch(route, context),
    ...checkPolicy(route, context),
    ...checkAfter(route, context),
  ];
}

function canSend(source: SourceDefinition, type: string): boolean {
  return type !== '' && (source.preset.topics === null || source.preset.topics.includes(type));
}

function checkKey(route: RouteDefinition, place: Place): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  const { name, repeats } = route.operation;
  const needsVersion = repeats === 'per_version';
  const needsSubject = needsVersion || repeats === 'per_subject';
  const rule = (needed: boolean) =>
    needed ? `is required: ${name} repeats ${repeats}` : `must not be there: ${name} takes none`;
  expect((typeof route.subject === 'function') === needsSubject, 'subject', rule(needsSubject));
  expect((typeof route.version === 'function') === needsVersion, 'version', rule(needsVersion));
  return found;
}

/** All or nothing is a promise of the adapter's, or no promise at all. */
function checkBatch(route: RouteDefinition, { policy, ...place }: RouteContext): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(place);
  const { operation, target } = route;
  if (operation.batch === undefined) {
    expect(policy.batch === undefined, 'batch', `must not be there: ${operation.name} takes one record`);
    return found;
  }
  const isKnown = policy.batch === 'all_or_nothing' || policy.batch === 'partial';
  expect(isKnown, 'batch', 'must be all_or_nothing or partial');
  const isAtomic = target.adapter.batches?.[operation.name]?.atomic === true;
  const rule = `must be partial: the adapter ${target.adapter.name} cannot do ${operation.name} all or nothing`;
  expect(policy.batch !== 'all_or_nothing' || isAtomic, 'batch', rule);
  return found;
}

function checkPolicy(route: RouteDefinition, { policy, ...place }: RouteContext): readonly ConfigProblem[] {
  const { found, expect, expectWithin } = problemsAt(place);
  const { operation, target, timeoutMs } = route;
  const mayBeStale = policy.onStale === 'run' || operation.replacesState;
  expect(mayBeStale, 'onStale', `must be run: ${operation.name} replaces no state`);
  expectWithin('waitMs', policy.waitMs, 'waitMs');
  expectWithin('attempts', policy.retry.attempts, 'retry.attempts');
  expectWithin('baseMs', policy.retry.baseMs, 'retry.baseMs');
  expectWithin('capMs', policy.retry.capMs, 'retry.capMs');
  expectWithin('jobTimeoutMs', policy.jobTimeoutMs ?? routeDefaults.jobTimeoutMs, 'jobTimeoutMs');
  expect(policy.retry.capMs >= policy.retry.baseMs, 'retry.capMs', 'must not be less than retry.baseMs');
  if (timeoutMs === undefined) return found;
  expectWithin('timeoutMs', timeoutMs, 'timeoutMs');
  expect(isQuietEnough(target, timeoutMs), 'timeoutMs', quietRule(target));
  return found;
}

function checkAfter(route: RouteDefinition, context: RouteContext): readonly ConfigProblem[] {
  const { found, expect } = problemsAt(context);
  for (const [index, written] of (route.after ?? []).entries()) {
    const field = `after[${index}]`;
    if (typeof written !== 'string' && 'route' in written) continue;
    const event: EventPrerequisite =
      typeof written === 'string' ? { source: route.source, type: written } : written;
    const { source, type, target = route.target } = event;
    expect(
      context.sources.get(source.id) === source,
      field,
      `must name a listed source: ${source.id} is not`,
    );
    expect(
      context.targets.get(target.id) === target,
      field,
      `must name a listed target: ${target.id} is not`,
    );
    expect(
      canSend(source, type),
      field,
      `must be a type the source sends: ${source.id} has no ${JSON.stringify(type)}`,
    );
  }
  return found;
}
