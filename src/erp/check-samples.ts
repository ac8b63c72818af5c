// Compares the live answers of an ERP with the shapes its operations rely on, by the adapter's read-only samples.
// Sends GETs through the connection it is given, and nothing else.

import type { ErpConnection, ErpSample } from '../core/erp.ts';
import type { JsonValue } from '../core/json.ts';
import type { ContractIssue } from '../core/outcome.ts';
import { toContractIssues } from '../operations/to-contract-issues.ts';

export type SampleFinding = {
  readonly operation: string;
  readonly path: string;
  /** Documents that were looked at. */
  readonly documentCount: number;
  readonly verdict:
    | { readonly kind: 'as_recorded' }
    /** Nothing was there to look at: it says nothing. */
    | { readonly kind: 'no_documents' }
    | { readonly kind: 'drifted'; readonly issues: readonly ContractIssue[] }
    | { readonly kind: 'not_read'; readonly message: string };
};

export async function checkSamples(
  samples: readonly ErpSample[],
  erp: ErpConnection,
): Promise<readonly SampleFinding[]> {
  const findings: SampleFinding[] = [];
  for (const sample of samples) findings.push(await checkSample(sample, erp));
  return findings;
}

async function checkSample(sample: ErpSample, erp: ErpConnection): Promise<SampleFinding> {
  const { operation, path, query = {} } = sample;
  const found = (documentCount: number, verdict: SampleFinding['verdict']): SampleFinding => ({
    operation: operation.name,
    path,
    documentCount,
    verdict,
  });
  const answer = await erp.send({ method: 'GET', path, query, write: false });
  if (answer.kind !== 'response') return found(0, { kind: 'not_read', message: answer.message });
  if (answer.status < 200 || answer.status > 299)
    return found(0, { kind: 'not_read', message: `the ERP answered ${answer.status}` });
  if (answer.json === undefined) {
    const issue = { path: '$', expected: 'JSON', actual: 'something else' };
    return found(0, { kind: 'drifted', issues: [issue] });
  }
  const documents = sample.documents(answer.json);
  if (!documents.ok) return found(0, { kind: 'drifted', issues: [documents.error] });
  const count = documents.value.length;
  if (count === 0) return found(0, { kind: 'no_documents' });
  const issues = issuesOf(sample, documents.value);
  return found(count, issues.length === 0 ? { kind: 'as_recorded' } : { kind: 'drifted', issues });
}

/** Each difference once, however many documents show it. */
function issuesOf(sample: ErpSample, documents: readonly JsonValue[]): readonly ContractIssue[] {
  const issues = new Map<string, ContractIssue>();
  for (const document of documents) {
    const parsed = sample.operation.output.safeParse(document);
    if (parsed.success) continue;
    for (const issue of toContractIssues(parsed.error, document)) {
      const path = issue.path.replace(/\[\d+\]/g, '[]');
      issues.set(`${path} ${issue.expected} ${issue.actual}`, { ...issue, path });
    }
  }
  return [...issues.values()];
}
