/**
 * Runs the tests and ends with one line, `N passed, N failed`, from the runner's own report. Arguments go to the runner.
 * The builds `sanitize` and `debug` are made first, for some tests pass them to the library.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const report = join(tmpdir(), `gradtape-tests-${process.pid}.json`);
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(report);
// A file that fails to load has no failed test of its own.
const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed')).length;
console.log(`${numPassedTests} passed, ${numFailedTests + broken} failed`);
process.exitCode = status === 0 && numFailedTestSuites === 0 && numPassedTests > 0 ? 0 : 1;
