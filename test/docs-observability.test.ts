// What the relay tells of itself, in documents and settings beside the code: the Grafana dashboard asks for series that exist,
// and for all of them; the configuration sends the logs where the page says.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { spanAttributes } from '../src/core/tracing/span.ts';
import { metricFamilies } from '../src/http/metrics-text.ts';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

type Query = { readonly expr: string; readonly refId: string; readonly datasource: { readonly uid: string } };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Query[];
};
type Variable = { readonly name: string; readonly type: string; readonly definition?: string };
type Dashboard = {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
};

const dashboard = JSON.parse(read('docs/grafana/holdfast.json')) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const definitions = dashboard.templating.list.flatMap(({ definition = '' }) =>
  definition === '' ? [] : [definition],
);
const families = new Map(metricFamilies.map((family) => [`holdfast_${family.name}`, family]));

/** Each series a query names, with its matchers: `name{label="value"}`. */
function seriesOf(query: string) {
  return [...query.matchAll(/\b(holdfast_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name = '', matchers = '']) => ({
    name,
    matchers: [...matchers.matchAll(/([a-z_]+)(=~|=)"([^"]*)"/g)].map(
      ([, label = '', sign = '', value = '']) => ({
        ...{ label, sign, value },
      }),
    ),
  }));
}

describe('docs/grafana/holdfast.json', () => {
  it('is a dashboard Grafana 11 takes: a schema of its time, panels with ids of their own that lie on no other', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { type, title, description = '', targets = [] } of dashboard.panels) {
      expect(['row', 'stat', 'timeseries', 'state-timeline']).toContain(type);
      if (type === 'row') continue;
      expect(description, title).not.toBe('');
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { datasource } of targets) expect(datasource.uid).toBe(`$${'{datasource}'}`);
    }
  });

  it('asks for series the relay exports, by labels and values they have', () => {
    for (const query of [...queries, ...definitions]) {
      const named = seriesOf(query);
      expect(named.length, query).toBeGreaterThan(0);
      for (const { name, matchers } of named) {
        const family = families.get(name);
        expect(family, name).toBeDefined();
        for (const { label, sign, value } of matchers) {
          // What Prometheus adds itself.
          if (label === 'instance') continue;
          expect(Object.keys(family?.labels ?? {}), `${name} ${label}`).toContain(label);
          const values = family?.labels[label] ?? null;
          if (sign === '=' && values !== null) expect(values, `${name} ${label}`).toContain(value);
        }
      }
    }
  });

  it('groups by labels the series have', () => {
    for (const query of queries)
      for (const [, list = ''] of query.matchAll(/\bby \(([a-z_, ]+)\) \(holdfast_/g)) {
        const [series] = seriesOf(query.slice(query.indexOf(`by (${list})`)));
        const labels = Object.keys(families.get(series?.name ?? '')?.labels ?? {});
        for (const label of list.split(', ')) expect(labels, query).toContain(label);
      }
  });

  it('leaves no series out', () => {
    const asked = new Set(queries.flatMap((query) => seriesOf(query).map(({ name }) => name)));
    expect([...families.keys()].filter((name) => !asked.has(name))).toEqual([]);
  });

  it('uses the variables it declares, and no other', () => {
    const declared = dashboard.templating.list.map(({ name }) => name);
    const used = new Set(
      [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z]+)\}?/g)].map(([, name]) => name),
    );
    expect([...used].sort()).toEqual([...declared].sort());
  });
});

describe('wrangler.toml', () => {
  it('keeps every line in Workers Logs, and nothing of the requests themselves', () => {
    const { observability } = parse(read('wrangler.toml')) as { readonly observability: unknown };
    expect(observability).toEqual({
      ...{ enabled: true, head_sampling_rate: 1, redact_query_string: true },
      logs: { enabled: true, head_sampling_rate: 1, invocation_logs: false },
    });
  });
});

describe('docs/observability.md', () => {
  it('names attributes that spans have', () => {
    const text = read('docs/observability.md');
    const named = [...text.matchAll(/`((?:http|server|messaging|error|holdfast)\.[a-z_.]+)`/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(Object.keys(spanAttributes)).toContain(name);
  });
});
