// What came in, was delivered and died over time: a chart, whose script is loaded when it is first seen, and the same as a sentence and a
// table, for who does not see it and for where the script cannot be had.

import { useEffect, useRef } from 'preact/hooks';
import type { Chart, ChartData } from '../chart/draw-chart.ts';
import { inWords, timeOf } from '../format.ts';
import type { Overview } from '../wire.ts';
import { Table } from './parts.tsx';

type Lines = Pick<Overview, 'buckets' | 'bucketSeconds'>;

const lines = [
  { name: 'received', title: 'in', colour: '--link' },
  { name: 'delivered', title: 'delivered', colour: '--good' },
  { name: 'deadLettered', title: 'dead', colour: '--bad' },
] as const;

export function TrafficChart({ buckets, bucketSeconds }: Lines) {
  const box = useChart(toData(buckets));
  const sum = (name: (typeof lines)[number]['name']) => buckets.reduce((all, each) => all + each[name], 0);
  const [first] = buckets;
  const span = inWords(buckets.length * bucketSeconds);
  return (
    <figure class="chart">
      <figcaption>
        <ul class="legend">
          {lines.map(({ name, title }) => (
            <li key={name}>
              <span class={`swatch ${name}`} aria-hidden="true" /> {sum(name)} {title}
            </li>
          ))}
        </ul>
        <span class="quiet">
          in {span}, each point {inWords(bucketSeconds)}
        </span>
      </figcaption>
      <div ref={box} role="img" aria-label={`Deliveries over ${span}; the table below has the numbers`} />
      <details>
        <summary>As a table</summary>
        <Table
          caption={`Deliveries since ${first === undefined ? '' : timeOf(first.from)}`}
          head={['From', 'In', 'Delivered', 'Dead']}
          rows={buckets
            .filter(({ received, delivered, deadLettered }) => received + delivered + deadLettered > 0)
            .map((each) => ({
              key: each.from,
              cells: [timeOf(each.from), ...lines.map(({ name }) => String(each[name]))],
            }))}
        />
      </details>
    </figure>
  );
}

function toData(buckets: Lines['buckets']): ChartData {
  return {
    times: buckets.map(({ from }) => Date.parse(from) / 1_000),
    lines: lines.map(({ name, title, colour }) => ({
      ...{ name: title, colour },
      values: buckets.map((each) => each[name]),
    })),
  };
}

const script = '/dashboard/chart.js';

function useChart(data: ChartData) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    let isOver = false;
    const draw = async () => {
      addStyle();
      const loaded = (await import(script)) as typeof import('../chart/draw-chart.ts');
      if (isOver || box.current === null) return;
      chart.current = loaded.drawChart(box.current, latest.current);
    };
    // Without the script there is the table.
    draw().catch(() => {});
    return () => {
      isOver = true;
      chart.current?.end();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.update(data), [data]);
  return box;
}

const style = '/dashboard/chart.css';

function addStyle(): void {
  if (document.querySelector(`link[href="${style}"]`) !== null) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = style;
  document.head.append(link);
}
