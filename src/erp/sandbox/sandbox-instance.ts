// What the running sandbox ERP says of itself: one read of GET /api/company.
// May not guess: what is missing in the answer breaks the contract.

import * as z from 'zod';
import type { ReadInstance } from '../../core/erp-capabilities.ts';
import { toContractIssues } from '../../operations/to-contract-issues.ts';
import { readAnswer } from './read-answer.ts';

const company = z.object({
  name: z.string(),
  currency: z.string(),
  version: z.string(),
  modules: z.array(z.string()),
  closedThrough: z.string().nullable(),
});

export const readSandboxInstance: ReadInstance = async (erp) => {
  const answer = readAnswer(await erp.send({ method: 'GET', path: '/api/company', write: false }), false);
  if (answer.kind !== 'answer') return answer;
  const read = company.safeParse(answer.json);
  if (!read.success) return { kind: 'contract_broken', issues: toContractIssues(read.error, answer.json) };
  const { name, closedThrough, ...rest } = read.data;
  return { kind: 'instance', instance: { ...rest, company: name, lockedThrough: closedThrough } };
};
