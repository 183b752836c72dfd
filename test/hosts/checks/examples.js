/** The examples that are projects of their own, each installed with the tarball; the total of its own tests. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from '../command.js';
import { tarball } from '../tarball.js';

async function tests(cwd) {
  await run(['npm', 'install', '--no-save', '--no-audit', '--no-fund', resolve(tarball)], { cwd, seconds: 600 });
  const report = await run(['npm', 'test'], { cwd, seconds: 300 });
  const [passed, failed] = ['pass', 'fail'].map((outcome) => Number(report.match(new RegExp(`^# ${outcome} (\\d+)$`, 'm'))[1]));
  if (!(passed > 0 && failed === 0)) throw new Error(report);
  return `${passed} tests`;
}

export default readdirSync('examples').map((name) => ({ name: `example ${name}`, run: () => tests(resolve('examples', name)) }));
