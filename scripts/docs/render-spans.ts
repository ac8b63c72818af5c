// docs/reference/spans.md, of the list of attributes that leave in a span.

import { spanAttributes } from '../../src/core/tracing/span.ts';
import { code, generatedNote, table } from './markdown.ts';

export function renderSpans(): string {
  const rows = Object.entries(spanAttributes).map(([name, says]) => [code(name), says]);
  return `${generatedNote}
# Attributes of spans

All that a [trace](../observability.md#traces) may say. What is not on this list leaves in no span.

${table(['attribute', 'says'], rows)}
`;
}
