// The steps of the set-up pages come from the senders' own pages in the documentation.

import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSenderSteps } from '../../scripts/local/sender-steps.ts';

const steps = readSenderSteps('.');
const pages = readdirSync('docs/senders').filter((name) => name.endsWith('.md'));

it('knows what to do at every sender that has a page', () => {
  expect(Object.keys(steps).sort()).toEqual(pages.map((name) => name.slice(0, -'.md'.length)).sort());
  for (const [sender, own] of Object.entries(steps)) expect(own, sender).not.toEqual([]);
});

it('says where the address goes, as plain text', () => {
  expect(steps.shopify?.join(' ')).toContain('{address}');
  for (const [sender, own] of Object.entries(steps))
    expect(own.join('\n'), sender).not.toMatch(/<relay>|`|\]\(|\*\*/);
  // At the others a program registers it, or it is the relay that does.
  const byHand = Object.values(steps).filter((own) => own.some((step) => step.includes('{address}')));
  expect(byHand.length).toBeGreaterThanOrEqual(pages.length - 2);
});
