/** The contract between core and wings, read from `assembly/extend.ts`: its names, where they are declared, and its fingerprint. Builds nothing. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const DOOR = 'assembly/extend.ts';

/** Rooms of the core's whose state is the core's alone, and whose records' layout and inline functions wings share. */
const ROOMS = ['shared', 'memory', 'tensor', 'parallel', 'tape'];

const inRooms = (path) => ROOMS.includes(path.split('/')[1]);

/** a … z, A … Z, aa …: what the core exports and wings import is called. */
function short(n) {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return n < letters.length ? letters[n] : letters[Math.floor(n / letters.length) - 1] + letters[n % letters.length];
}

/** Names of the door: `{ name, path, short }`, where `path` is the file without its ending. */
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

/** Whether a file's variables are the core's: in its rooms, or where the door names something. */
export function holdsState(path, door = names()) {
  return inRooms(path) || door.some((entry) => entry.path === path);
}

/** Has the compiler write beside its output where statics end, how many entries the table has, and what it was made of. */
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

/** 32 bits that differ where core and wing would misread each other. */
export function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(DOOR));
  for (const room of ROOMS) {
    const folder = join(dirname(DOOR), room);
    for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest().readUInt32LE(0);
}
