// The last line of `npm test` may not call a broken run green.
import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/local/count-tests.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

describe('counting tests', () => {
  it('counts what passed and what failed', () => {
    const testResults = [file('failed', 'passed', 'failed'), file('passed', 'passed')];
    const report = { numPassedTests: 2, numFailedTests: 1, testResults };
    expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1 });
  });

  it('counts a file that could not run as a failure', () => {
    const testResults = [file('failed'), file('passed', 'passed')];
    const report = { numPassedTests: 1, numFailedTests: 0, testResults };
    expect(countTests(report, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts an error outside every test as a failure', () => {
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('passed', 'passed')] };
    expect(countTests(report, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a run without a report as a failure', () => {
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  });

  it('is green where everything passed', () => {
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('passed', 'passed')] };
    expect(countTests(report, 0)).toEqual({ passed: 1, failed: 0 });
  });
});
