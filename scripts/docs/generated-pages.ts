// Every page of docs/ that is made from code, and what makes it. Each is in git, so that it can be read there; a test says when one
// is not as the code says any more.

import { renderApi } from './render-api.ts';
import { renderIndex } from './render-index.ts';
import { renderLimits } from './render-limits.ts';
import { renderMetrics } from './render-metrics.ts';
import { renderOperations } from './render-operations.ts';
import { renderProblems } from './render-problems.ts';
import { renderSpans } from './render-spans.ts';
import { renderVariables } from './render-variables.ts';

export type GeneratedPage = { readonly path: string; readonly render: () => string };

export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/README.md', render: renderIndex },
  { path: 'docs/reference/api.md', render: renderApi },
  { path: 'docs/reference/limits.md', render: renderLimits },
  { path: 'docs/reference/metrics.md', render: renderMetrics },
  { path: 'docs/reference/operations.md', render: renderOperations },
  { path: 'docs/reference/problems.md', render: renderProblems },
  { path: 'docs/reference/spans.md', render: renderSpans },
  { path: 'docs/reference/variables.md', render: renderVariables },
];
