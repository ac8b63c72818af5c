// Turns the report of a test run into two numbers. It may read nothing but the report.
// A file that could not run, or an error outside every test, is a failure too: no broken run may look green.

/** The parts of Vitest's JSON report that count. */
export type TestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

export type TestCount = { passed: number; failed: number };

/** `report` is undefined where the run wrote none. */
export function countTests(report: TestReport | undefined, exitCode: number): TestCount {
  if (report === undefined) {
    return { passed: 0, failed: 1 };
  }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const endedBadly = exitCode !== 0 && failed === 0;
  return { passed: report.numPassedTests, failed: endedBadly ? 1 : failed };
}
