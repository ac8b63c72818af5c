// What counts as a change of the ERP, and what does not.

import { describe, expect, it } from 'vitest';
import { compareEvidence } from '../../../scripts/staging/compare-evidence.ts';
import { checkNamedTarget } from '../../../scripts/staging/prepare-staging.ts';

const baseline = {
  erp: 'tryton',
  version: '6.0.29',
  shapes: { 'sale.sale': { state: 'selection', number: 'char' }, 'party.party': { code: 'char' } },
  documents: { 'a refund': [{ state: 'posted', total: '-10.00' }], 'a count': 412 },
};

describe('an upgrade', () => {
  it('that changes nothing has no differences, whatever it adds', () => {
    const shapes = { ...baseline.shapes, 'sale.sale': { ...baseline.shapes['sale.sale'], colour: 'char' } };
    expect(compareEvidence(baseline, { ...baseline, version: '7.0.0', shapes })).toEqual([]);
  });

  it('is told by fields that are gone or of another type', () => {
    const shapes = { 'sale.sale': { state: 'char' } };
    expect(compareEvidence(baseline, { ...baseline, shapes })).toEqual([
      'sale.sale.state: selection before, char now',
      'sale.sale.number: gone',
      'party.party: gone',
    ]);
  });

  it('is told by states and amounts that differ, and by documents that are missing or more', () => {
    const documents = { 'a refund': [{ state: 'draft', total: '-10.00' }, { state: 'posted' }] };
    expect(compareEvidence(baseline, { ...baseline, documents })).toEqual([
      'a refund[0].state: "posted" before, "draft" now',
      'a refund[1]: nothing before, {"state":"posted"} now',
      'a count: not found out this time',
    ]);
  });
});

describe('an instance of a user', () => {
  const named = {
    ...{ STAGING_TARGET: 'tryton', STAGING_URL: 'https://erp.example.com/db', STAGING_USER: 'u' },
    STAGING_PASSWORD: 'p',
  };

  it('is written to only where its host is confirmed', () => {
    expect(checkNamedTarget(named)?.message).toContain('STAGING_CONFIRM=erp.example.com');
    expect(checkNamedTarget({ ...named, STAGING_CONFIRM: 'other.example.com' })).not.toBeNull();
    expect(checkNamedTarget({ ...named, STAGING_CONFIRM: 'erp.example.com' })).toBeNull();
  });

  it('has to be named whole', () => {
    const confirmed = { ...named, STAGING_CONFIRM: 'erp.example.com' };
    expect(checkNamedTarget({ ...confirmed, STAGING_PASSWORD: '' })?.message).toContain('STAGING_PASSWORD');
    expect(checkNamedTarget({ ...confirmed, STAGING_URL: 'erp' })?.message).toContain('STAGING_URL');
    expect(checkNamedTarget({ ...confirmed, STAGING_TARGET: 'sap' })?.message).toContain('STAGING_TARGET');
    expect(checkNamedTarget({})).toBeNull();
  });
});
