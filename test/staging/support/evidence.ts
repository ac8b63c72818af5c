// What a run found in the ERP, kept for `npm run staging:diff`: by scenario, without ids, numbers and days, which differ from
// run to run. Kept only where STAGING_EVIDENCE names a file.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Evidence } from '../../../scripts/staging/compare-evidence.ts';
import type { StagingTarget } from './staging-target.ts';

const path = process.env.STAGING_EVIDENCE ?? '';

export async function beginEvidence(target: StagingTarget): Promise<void> {
  if (path === '') return;
  const evidence: Evidence = {
    erp: target.erp,
    version: await target.version(),
    shapes: await target.shapes(),
    documents: {},
  };
  writeFileSync(path, JSON.stringify(evidence));
}

/** @returns the documents, so that a test reads on with what was kept */
export function keepEvidence<Documents>(scenario: string, documents: Documents): Documents {
  if (path === '') return documents;
  const evidence = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
  const kept = { ...evidence, documents: { ...evidence.documents, [scenario]: withoutIds(documents) } };
  writeFileSync(path, JSON.stringify(kept));
  return documents;
}

/** A sender's id in a document is this run's alone. */
function withoutIds(documents: unknown): unknown {
  return JSON.parse(
    JSON.stringify(documents, (_name, value) =>
      typeof value === 'string' && /\d{12,}/.test(value) ? '(an id of the run)' : value,
    ),
  );
}
