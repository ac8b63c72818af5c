// docs/reference/metrics.md, of the table the metrics are made of.

import { metricFamilies } from '../../src/http/metrics-text.ts';
import { code, generatedNote, table } from './markdown.ts';

export function renderMetrics(): string {
  const rows = metricFamilies.map(({ name, help, labels }) => [
    code(`holdfast_${name}`),
    Object.entries(labels)
      .map(([label, values]) =>
        values === null ? code(label) : `${code(label)}: ${values.map(code).join(', ')}`,
      )
      .join('; '),
    help,
  ]);
  return `${generatedNote}
# Metrics

What \`GET /metrics\` answers, as Prometheus text. All are gauges, of a window of time or of this moment: [observability](../observability.md#prometheus)
says how to scrape them, how to get a rate, and has a dashboard for Grafana that uses every one.

${table(['series', 'labels', 'says'], rows)}
`;
}
