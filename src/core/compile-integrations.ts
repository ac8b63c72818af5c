// Turns what the integrations say into what the relay runs on, or into every problem at once with its file and field.
// Pure; runs once, at start. It checks what the types cannot: ids, names, bounds, what is known, and circles of waiting.

import { findWaitingCircles } from './after-circles.ts';
import { checkRoute, checkSource, checkTarget, isIntegrationName, nameRule } from './check-integration.ts';
import type { IntegrationDefinition, RouteDefinition } from './define-integration.ts';
import type { ConfigProblem, RelayDefinition, SourceDefinition } from './relay-definition.ts';
import { err, ok, type Result } from './result.ts';
import { defaultOnStale, type Prerequisite, type Route, type RoutePolicy, routeDefaults } from './route.ts';
import type { TargetDefinition } from './target.ts';

/** A route with where it is written. */
type PlacedRoute = { readonly route: Route; readonly file: string; readonly field: string };

type Parts = {
  readonly sources: Map<string, SourceDefinition>;
  readonly targets: Map<string, TargetDefinition>;
  readonly routes: PlacedRoute[];
  readonly problems: ConfigProblem[];
};

export function compileIntegrations(
  integrations: readonly IntegrationDefinition[],
): Result<RelayDefinition, readonly ConfigProblem[]> {
  const parts: Parts = { sources: new Map(), targets: new Map(), routes: [], problems: [] };
  const names = new Set<string>();
  for (const integration of integrations) {
    const file = fileOf(integration);
    if (!isIntegrationName(integration.name)) parts.problems.push({ file, field: 'name', rule: nameRule });
    if (names.has(integration.name)) parts.problems.push({ file, field: 'name', rule: 'must be unique' });
    names.add(integration.name);
    collectSources(integration, parts);
    collectTargets(integration, parts);
  }
  // Only now is every source and target known: a route may wait for one that a later integration brings.
  for (const integration of integrations) collectRoutes(integration, parts);
  parts.problems.push(...unknownSenders(integrations, parts), ...unknownRoutes(parts), ...circles(parts));
  return parts.problems.length > 0 ? err(parts.problems) : ok(toDefinition(parts));
}

function fileOf(integration: IntegrationDefinition): string {
  return `src/integrations/${integration.name}.ts`;
}

function collectSources(integration: IntegrationDefinition, { sources, problems }: Parts): void {
  for (const [index, source] of integration.sources.entries()) {
    const place = { file: fileOf(integration), field: `sources[${index}] (${source.id})` };
    const known = sources.get(source.id);
    // Integrations may share one source; only another one under its id is wrong.
    if (known === source) continue;
    if (known !== undefined)
      problems.push({ ...place, rule: `must be unique: another source is ${source.id} too` });
    else sources.set(source.id, source);
    problems.push(...checkSource(source, place));
  }
}

function collectTargets(integration: IntegrationDefinition, { targets, problems }: Parts): void {
  for (const [index, target] of integration.targets.entries()) {
    const place = { file: fileOf(integration), field: `targets[${index}] (${target.id})` };
    const known = targets.get(target.id);
    if (known === target) continue;
    if (known !== undefined)
      problems.push({ ...place, rule: `must be unique: another target is ${target.id} too` });
    else targets.set(target.id, target);
    problems.push(...checkTarget(target, place));
  }
}

function collectRoutes(
  integration: IntegrationDefinition,
  { sources, targets, routes, problems }: Parts,
): void {
  for (const [index, definition] of integration.routes.entries()) {
    const place = { file: fileOf(integration), field: `routes[${index}] (${definition.id})` };
    const route = toRoute(integration.name, definition);
    problems.push(...checkRoute(definition, { ...place, policy: route.policy, sources, targets }));
    if (routes.some((other) => other.route.id === route.id)) {
      problems.push({ ...place, rule: `must be unique: another route is ${route.id} too` });
    } else {
      routes.push({ route, ...place });
    }
  }
}

function toRoute(integration: string, definition: RouteDefinition): Route {
  const { source, type, operation, target, when, subject, version, input } = definition;
  const policy: RoutePolicy = {
    after: (definition.after ?? []).map((prerequisite) =>
      toPrerequisite(integration, definition, prerequisite),
    ),
    waitMs: definition.waitMs ?? routeDefaults.waitMs,
    onStale: definition.onStale ?? defaultOnStale(operation),
    onDeadLetter: definition.onDeadLetter ?? routeDefaults.onDeadLetter,
    retry: { ...routeDefaults.retry, ...definition.retry },
    ...(definition.batch === undefined ? {} : { batch: definition.batch }),
    jobTimeoutMs: definition.jobTimeoutMs ?? routeDefaults.jobTimeoutMs,
  };
  return {
    id: routeId(integration, definition.id),
    ...{ source: source.id, type, operation, target: target.id, policy, input },
    timeoutMs: definition.timeoutMs ?? null,
    ...(when === undefined ? {} : { when }),
    ...(subject === undefined ? {} : { subject }),
    ...(version === undefined ? {} : { version }),
  };
}

type WrittenPrerequisite = NonNullable<RouteDefinition['after']>[number];

function toPrerequisite(
  integration: string,
  route: RouteDefinition,
  written: WrittenPrerequisite,
): Prerequisite {
  if (typeof written === 'string') {
    return { kind: 'type', source: route.source.id, type: written, target: route.target.id };
  }
  if ('route' in written) return { kind: 'route', route: routeId(integration, written.route) };
  return {
    kind: 'type',
    source: written.source.id,
    type: written.type,
    target: (written.target ?? route.target).id,
  };
}

/** Ids of routes hold no dot, so one with a dot names its integration. */
function routeId(integration: string, id: string): string {
  return id.includes('.') ? id : `${integration}.${id}`;
}

/** An ERP that is watched or asked for webhooks must be a target: its address and credential are those of one. */
function unknownSenders(integrations: readonly IntegrationDefinition[], { targets }: Parts): ConfigProblem[] {
  return integrations.flatMap((integration) =>
    integration.sources.flatMap(({ id, subscribe, watch }, index) =>
      Object.entries({ subscribe, watch }).flatMap(([name, step]) => {
        if (step === undefined || targets.get(step.target.id) === step.target) return [];
        const field = `sources[${index}] (${id}).${name}.target`;
        const rule = `must be among the targets of an integration: ${step.target.id} is not`;
        return [{ file: fileOf(integration), field, rule }];
      }),
    ),
  );
}

function unknownRoutes({ routes }: Parts): ConfigProblem[] {
  const ids = new Set(routes.map(({ route }) => route.id));
  return routes.flatMap(({ route, file, field }) =>
    route.policy.after.flatMap((prerequisite, index) => {
      if (prerequisite.kind !== 'route' || ids.has(prerequisite.route)) return [];
      return [
        {
          file,
          field: `${field}.after[${index}]`,
          rule: `must name a route: there is no ${prerequisite.route}`,
        },
      ];
    }),
  );
}

function circles({ routes }: Parts): ConfigProblem[] {
  return findWaitingCircles(routes.map(({ route }) => route)).flatMap((circle) => {
    const first = routes.find(({ route }) => route.id === circle[0]);
    if (first === undefined) return [];
    const rule = `must not wait for itself: ${circle.join(' waits for ')}`;
    return [{ file: first.file, field: `${first.field}.after`, rule }];
  });
}

function toDefinition({ sources, targets, routes: placed }: Parts): RelayDefinition {
  const routes = placed.map(({ route }) => route);
  const byId = new Map(routes.map((route) => [route.id, route]));
  const byEvent = Map.groupBy(routes, (route) => JSON.stringify([route.source, route.type]));
  return {
    sources,
    targets,
    routes,
    findRoute: (id) => byId.get(id) ?? null,
    routesFor: (source, type) => byEvent.get(JSON.stringify([source, type])) ?? [],
  };
}
