/** Writes a program as text: its instructions, and the places of their operands in memory. Reads linear memory and changes nothing. */
import { Code, type DType, InstructionWord, Link, Mode, OperandWord, ProgramWord, Record as Rec, RunWord } from '../../assembly/shared/abi.js';
import { calledDtype, dtypeNames, partsOf, shiftOf } from '../dtype.js';
import { dtypeAt, itemAt, placeAt } from '../elements.js';
import { heapOf, i32, views } from '../module.js';
import { opName } from '../opnames.js';

const word = (address: number, offset: number): number => (i32[(address >>> 2) + offset] as number) >>> 0;

/** Addresses of `count` records in a table whose rows have `stride` words. */
const column = (table: number, count: number, stride: number): number[] => Array.from({ length: count }, (_, k) => word(table, k * stride));

function typeOf(record: number): string {
  const rank = word(record, Rec.rank >>> 2);
  return `${dtypeNames[calledDtype(dtypeAt(record))]} [${column(record + Rec.shape, rank, 1).join(', ')}]`;
}

/** The element of a constant that has only one, for its line. */
function elementOf(record: number): string {
  if (word(record, Rec.size >>> 2) !== 1) return '';
  const dtype = dtypeAt(record);
  const item = itemAt(heapOf(dtype), placeAt(record, dtype), dtype);
  return ` = ${typeof item === 'object' ? `{re: ${item.re}, im: ${item.im}}` : item}`;
}

/** Bytes of a record's elements. */
function bytesOf(record: number): number {
  const dtype = word(record, Rec.dtype >>> 2) as DType;
  return (word(record, Rec.size >>> 2) * partsOf(dtype)) << shiftOf(dtype);
}

class Listing {
  private readonly lines: string[] = [];
  private readonly names = new Map<number, string>();
  /** The place of each record's elements. */
  private readonly places = new Map<number, readonly [block: number, offset: number]>();
  private readonly inputs: number;
  private values = 0;

  constructor(private readonly program: number) {
    const at = (i: ProgramWord): number => word(program, i);
    this.inputs = at(ProgramWord.inputs);
    this.name('x', column(at(ProgramWord.inputsAt), this.inputs, 2));
    this.name('c', column(at(ProgramWord.constantsAt), at(ProgramWord.constants), 1));
    const placements = at(ProgramWord.placementsAt);
    for (let row = placements, k = 0; k < at(ProgramWord.placements); k++, row += 12) this.places.set(word(row, 0), [word(row, 1), word(row, 2)]);
  }

  private name(letter: string, records: readonly number[]): void {
    for (const [k, record] of records.entries()) this.names.set(record, letter + k);
  }

  /** Whether input k is a number, which the facade writes. */
  private isNumber(k: number): boolean {
    return word(word(this.program, ProgramWord.inputsAt), 2 * k + 1) !== 0;
  }

  text(name: string): string {
    const { program } = this;
    const [inputs, constants] = ['x', 'c'].map((letter) => [...this.names].filter(([, given]) => given.startsWith(letter)));
    this.lines.push(`program ${name}(${inputs?.map(([record, given], k) => `${given}: ${this.isNumber(k) ? 'number' : typeOf(record)}`).join(', ')})`);
    for (const [record, given] of constants ?? []) this.lines.push(`  ${given}: ${typeOf(record)}, constant${elementOf(record)}`);
    const code = word(program, ProgramWord.codeAt);
    for (let at = code; at < code + word(program, ProgramWord.codeBytes); ) at += this.instruction(at);
    const results = column(word(program, ProgramWord.resultsAt), word(program, ProgramWord.results), 2);
    this.lines.push(`  return ${results.map((record) => this.nameOf(record)).join(', ') || 'no tensor'}`);
    const computed = [...this.names].filter(([record, given]) => given.startsWith('v') && this.places.get(record)?.[0] === 0);
    const bytes = (records: readonly (readonly [number, string])[]): number => records.reduce((sum, [record]) => sum + bytesOf(record), 0);
    this.lines.push(
      `  arena: ${word(program, ProgramWord.arenaBytes)} bytes for ${bytes(computed)} of intermediate values; constants: ${bytes(constants ?? [])} bytes; results: ${results.reduce((sum, record) => sum + bytesOf(record), 0)} bytes`,
    );
    return this.lines.join('\n');
  }

  /** A record's name; gives it one if it has none. */
  private nameOf(record: number): string {
    const known = this.names.get(record);
    if (known !== undefined) return known;
    const name = `v${this.values++}`;
    this.names.set(record, name);
    return name;
  }

  /** Names an operand; a view gets a line of its own where it is first used. */
  private operand(record: number): string {
    if (!this.names.has(record)) this.lines.push(`  ${this.nameOf(record)} = view: ${typeOf(record)} at ${this.placeOf(record)}`);
    return this.nameOf(record);
  }

  private placeOf(record: number): string {
    const [block, offset] = this.places.get(record) ?? [0, 0];
    if (block === 0) return `${offset}`;
    const owner = block <= this.inputs ? `x${block - 1}` : `result ${block - 1 - this.inputs}`;
    return offset === 0 ? owner : `${owner} + ${offset}`;
  }

  /** Adds an instruction's lines; returns its length. */
  private instruction(at: number): number {
    if ((word(at, 0) & 0xffff) === Code.run) return this.run(at);
    const counts = word(at, InstructionWord.counts);
    const operands = column(at + 4 * InstructionWord.operands, (counts & 0xffff) + (counts >>> 16), 1);
    const given = operands.slice(0, counts & 0xffff).map((record) => this.operand(record));
    const made = operands.slice(counts & 0xffff);
    const results = made.map((record) => this.nameOf(record)).join(', ');
    this.lines.push(
      `  ${results} = ${opName(word(at, 0) >>> 16)}(${given.join(', ')}): ${made.map((record) => `${typeOf(record)} at ${this.placeOf(record)}`).join(', ')}`,
    );
    const bytes = word(at, InstructionWord.bytes);
    return (word(at, 0) & 0xffff) === Code.lead ? bytes + this.run(at + bytes, `, behind ${results}`) : bytes;
  }

  /** Adds a run's lines: s0, s1, … are slots of one tile. */
  private run(run: number, behind = ''): number {
    const operands = new Map<number, number>(); // by the distance of their tile, which instructions hold
    for (let k = 0; k < word(run, 0) >>> 16; k++) {
      const at = 4 * (RunWord.operands + k * OperandWord.count);
      operands.set(at + 4 * OperandWord.tile, run + at);
    }
    const members: { at: number; given: number[]; made: number[] }[] = [];
    for (let at = run + word(run, RunWord.body); at < run + word(run, RunWord.bytes); at += word(at, InstructionWord.bytes)) {
      const counts = word(at, InstructionWord.counts);
      const inputs = counts & 0xffff;
      const of = column(at + 4 * InstructionWord.operands, inputs + (counts >>> 16), 1).map((name) => operands.get(name) as number);
      members.push({ at, given: of.slice(0, inputs), made: of.slice(inputs) });
    }
    const made = new Set(members.flatMap((member) => member.made));
    const slots: number[] = [];
    const nameOf = (operand: number): string => {
      if (word(operand, OperandWord.mode) !== Mode.slot) return this.operand(word(operand, OperandWord.source));
      const slot = word(operand, OperandWord.slot);
      return `s${slots.includes(slot) ? slots.indexOf(slot) : slots.push(slot) - 1}`;
    };
    for (const operand of operands.values()) if (!made.has(operand)) nameOf(operand);
    this.lines.push(`  run of ${word(run, RunWord.size)} elements, ${word(run, RunWord.tile)} at a time${behind}:`);
    for (const { at, given, made } of members) this.lines.push(`    ${this.member(at, given.map(nameOf), made, nameOf)}`);
    return word(run, RunWord.bytes);
  }

  private member(at: number, names: readonly string[], made: readonly number[], nameOf: (operand: number) => string): string {
    const isChain = (word(at, 0) & 0xffff) === Code.chain;
    const text = isChain ? chained(names, at + 4 * (InstructionWord.operands + names.length + 1)) : `${opName(word(at, 0) >>> 16)}(${names.join(', ')})`;
    const isSlot = (result: number): boolean => word(result, OperandWord.mode) === Mode.slot;
    const sourceOf = (result: number): number => word(result, OperandWord.source);
    const results = made.map((result) => (isSlot(result) ? nameOf(result) : this.nameOf(sourceOf(result))));
    const places = made.filter((result) => !isSlot(result)).map((result) => `${typeOf(sourceOf(result))} at ${this.placeOf(sourceOf(result))}`);
    return `${results.join(', ')} = ${text}${places.length ? ': ' : ''}${places.join(', ')}`;
  }
}

/** A chain as a formula. Its links are bytes. */
function chained(operands: readonly string[], links: number): string {
  const linkAt = (i: number): Link => (word(links, i >> 2) >>> (8 * (i & 3))) & 0xff;
  return operands.slice(1).reduce((text, operand, i) => {
    const link = linkAt(i);
    const number = i === 0 ? text : `(${text})`;
    return link === Link.subFrom ? `${operand} - ${number}` : `${number} ${{ [Link.add]: '+', [Link.sub]: '-', [Link.mul]: '*' }[link as number]} ${operand}`;
  }, operands[0] as string);
}

/** The text of the program at this address. */
export function listing(program: number, name: string): string {
  views();
  return new Listing(program).text(name);
}
