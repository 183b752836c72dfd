/**
 * Packs the package, installs the tarball in a scratch copy of `test/hosts` and of the examples, as users do, and runs the checks there (`test/hosts/run.js`).
 * `node scripts/hosts.mjs [name…]` runs those whose names contain one of the arguments. A host that can't be installed fails. Needs a built `dist`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = join(root, 'build/hosts');
const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** The examples that are separate projects. */
const examples = readdirSync(join(root, 'examples')).filter((name) => existsSync(join(root, 'examples', name, 'package.json')));
const isSource = (path) => !['node_modules', 'build'].includes(basename(path));

mkdirSync(scratch, { recursive: true });
for (const entry of readdirSync(scratch)) if (entry !== 'node_modules') rmSync(join(scratch, entry), { recursive: true });
cpSync(join(root, 'test/hosts'), scratch, { recursive: true });
for (const example of examples) cpSync(join(root, 'examples', example), join(scratch, 'examples', example), { recursive: true, filter: isSource });
cpSync(join(root, 'budget.json'), join(scratch, 'budget.json'));
const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch));
npm(scratch, 'install', '--no-audit', '--no-fund', '--no-save', `./${filename}`);
// Some hosts need a newer Node than the package.
const { status } = spawnSync('node_modules/node-24/bin/node', ['run.js', ...process.argv.slice(2)], { cwd: scratch, stdio: 'inherit' });
process.exitCode = status ?? 1;
