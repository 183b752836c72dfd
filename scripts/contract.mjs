/** The contract between core and wings, read from `assembly/extend.ts`: its names, where they are declared, and its fingerprint. Builds nothing. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const DOOR = 'assembly/extend.ts';

/** Rooms whose state belongs to the core alone. Wings share the layout of their records and their inline functions. */
const ROOMS = ['shared', 'memory', 'tensor', 'parallel', 'tape'];

const inRooms = (path) => ROOMS.includes(path.split('/')[1]);

/** a … z, A … Z, aa …: the names of the core's exports that wings import. */
function short(n) {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return n < letters.length ? letters[n] : letters[Math.floor(n / letters.length) - 1] + letters[n % letters.length];
}

/** The names of the contract: `{ name, path, short }`, where `path` is the declaring file without its extension. */
export function names() {
  const door = readFileSync(DOOR, 'utf8');
  const found = [...door.matchAll(/^export \{([^}]+)\} from '([^']+)'/gm)].flatMap(([, members, from]) =>
    members
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .map((name) => ({ name, path: join(dirname(DOOR), from) })),
  );
  return found.map((entry, n) => ({ ...entry, short: short(n) }));
}

/** Whether a file's variables belong to the core: because of its room, or because the contract names a declaration of it. */
export function holdsState(path, door = names()) {
  return inRooms(path) || door.some((entry) => entry.path === path);
}

/** Makes the compiler write a file beside its output: the end of its statics, the number of table entries, and its sources. */
export function noting(Compiler) {
  const { compile } = Compiler.prototype;
  let compiler;
  Compiler.prototype.compile = function () {
    compiler = this;
    return compile.call(this);
  };
  return (sources) => {
    const file = process.argv[process.argv.indexOf('--outFile') + 1];
    const files = sources.map(({ normalizedPath }) => normalizedPath).filter((path) => path.startsWith('assembly/'));
    const end = globalThis.i64_low(compiler.memoryOffset);
    writeFileSync(file.replace(/\.wasm$/, '.json'), JSON.stringify({ end, entries: compiler.functionTable.length, files: files.sort() }));
  };
}

/** A hash of 32 bits that differs for a core and a wing which would misread each other. */
export function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(DOOR));
  for (const room of ROOMS) {
    const folder = join(dirname(DOOR), room);
    for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest().readUInt32LE(0);
}
