/** The tarball itself: the registry's linters accept it, its declarations are right, and a consumer's compiler reads few of them. */
import { readFileSync } from 'node:fs';
import { bin, run } from '../command.js';
import { tarball } from '../tarball.js';

const budget = JSON.parse(readFileSync('budget.json', 'utf8'));
const clean = (command) => run(command).then(() => 'clean');

/** The seconds are only printed. The limit is on a count, which is the same on every machine. */
async function types() {
  const report = await run([bin('tsc'), '-p', 'types', '--skipLibCheck', '--extendedDiagnostics']);
  const [instantiations, seconds] = ['Instantiations', 'Check time'].map((row) => Number.parseFloat(report.match(new RegExp(`${row}:\\s+([\\d.]+)`))[1]));
  const text = `${instantiations} instantiations, ${seconds} s`;
  if (instantiations > budget.instantiations) throw new Error(`${text}: more than ${budget.instantiations} instantiations`);
  return text;
}

export default [
  { name: 'publint', run: () => clean([bin('publint'), tarball, '--strict']) },
  { name: 'arethetypeswrong', run: () => clean([bin('attw'), tarball, '--profile', 'esm-only']) },
  { name: 'declarations', run: () => clean([bin('tsc'), '-p', 'types']) },
  { name: 'types of ten lines', run: types },
];
