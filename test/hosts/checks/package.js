/** The tarball itself: what the registry's linters say of it, and what it costs a consumer's type check. */
import { readdirSync, readFileSync } from 'node:fs';
import { bin, run } from '../command.js';

const tarball = readdirSync('.').find((file) => file.endsWith('.tgz'));
const budget = JSON.parse(readFileSync('budget.json', 'utf8'));

/** The time is for reading; what binds is a count, which is the same on every machine. */
async function types() {
  const report = await run([bin('tsc'), '-p', 'types', '--extendedDiagnostics']);
  const [instantiations, seconds] = ['Instantiations', 'Check time'].map((row) => Number.parseFloat(report.match(new RegExp(`${row}:\\s+([\\d.]+)`))[1]));
  const text = `${instantiations} instantiations, ${seconds} s`;
  if (instantiations > budget.instantiations) throw new Error(`${text}: more than ${budget.instantiations}`);
  return text;
}

export default [
  { name: 'publint', run: () => run([bin('publint'), tarball, '--strict']).then(() => 'clean') },
  { name: 'arethetypeswrong', run: () => run([bin('attw'), tarball, '--profile', 'esm-only']).then(() => 'clean') },
  { name: 'types', run: types },
];
