/** Random JavaScript functions as text: every form of the grammar, blanks and comments between all tokens. Judges nothing. */
import fc from 'fast-check';

/** An expression, and the function in its value. */
export interface Case {
  readonly text: string;
  readonly find: (value: object) => unknown;
}

const WORDY = /[\w$\\\u0080-\uffff]/;

type Text = fc.Arbitrary<string>;

const BLANKS = ['', '', ' ', ' ', '\n', '\t', '\r\n', '\u2028', '\ufeff'];
const FREE = [...BLANKS, '/* ) */', '/**/', '// , ( { `\n', "/* ' \n */", '/*/**/', '/* => */'];
const SAME_LINE = ['', ' ', ' ', '\t', '\u00a0', '/* ( */', '/**/'];

/** In a template's own text a blank stands for anything between tokens, `·` for anything without a line end. */
function js(parts: TemplateStringsArray, ...holes: readonly (Text | string)[]): Text {
  const literals = parts.map((part) => part.replaceAll(' ', '␣').replaceAll('·', '␢'));
  return fc
    .tuple(...holes.map((hole) => (typeof hole === 'string' ? fc.constant(hole) : hole)))
    .map((texts) => literals.reduce((joined, literal, i) => joined + texts[i - 1] + literal));
}

const many = (item: Text, joint: string, maxLength = 3): Text => fc.array(item, { maxLength }).map((items) => items.join(joint.replaceAll(' ', '␣')));
const verbatim = (...texts: string[]): Text => fc.constantFrom(...texts);

const regex = fc.oneof(verbatim('/[)/]/', '/\\//g', '/(,)/', '/[\\]/]/u', "/'/", '/=>/', '/`/', '/[[/]/'), verbatim('/"{/y', '/[(]\\(/s', '/}/', '/=/'));
const string = verbatim("')'", '",/"', '"\\")"', "'\\\\'", "'//'", "'${'", '"/*"', "'a\\\nb'", '"\\u0029"', "'`'");
const number = verbatim('1', '.5', '1.', '0x1F', '1e-3', '1_0n', '017', '08.5', '0b1', '0xe');
const name = fc.oneof(
  { arbitrary: verbatim('a', 'b', '$', 'été', '\\u0061', 'async', 'of', 'get', 'set', 'from'), weight: 9 },
  verbatim('let', 'static', 'yield', 'await'), // reserved here and there
);
const key = fc.oneof(
  verbatim('a', 'if', 'class', 'function', 'return', 'get', 'set', 'async', 'static', 'await', 'yield'),
  verbatim("'q(n'", '"\\")"', '1.5', '0x1'),
);

/** Expressions `e`, statements `s`, members of objects `m` and of classes `c`, parameters `p`. */
const { e, p } = fc.letrec<Record<'e' | 's' | 'm' | 'c' | 'p' | 'async' | 'yielding', string>>((tie) => {
  const [e, s, m, c, p] = [tie('e'), tie('s'), tie('m'), tie('c'), tie('p')];
  const [asyncBody, yielding] = [tie('async'), tie('yielding')];
  const ps = many(p, ' , ');
  const ss = many(s, ' ');
  const chunk = verbatim(')', '$', '\\`', '{', '}', "'", '/*', '');
  const template = fc.oneof(js`\`${chunk}\``, js`\`${chunk}\${ ${e} }${chunk}\``);
  const callable = fc.oneof(
    js`function ( ${ps} ) { ${ss} }`,
    js`function ${name} ( ${ps} ) { ${ss} }`,
    js`function * ( ${ps} ) { ${yielding} }`,
    js`async·function ( ${ps} ) { ${asyncBody} }`,
    js`( ${ps} )·=> ${e}`,
    js`( ${ps} )·=> { ${ss} }`,
    js`${name}·=> ${e}`,
    js`async·${name}·=> ${e}`,
    js`async·( ${ps} )·=> { ${asyncBody} }`,
    js`async·( )·=> await ${regex}`,
  );
  const method = fc.oneof(
    js`${key} ( ${ps} ) { ${ss} }`,
    js`[ ${e} ] ( ${ps} ) { ${ss} }`,
    js`get ${key} ( ) { ${ss} }`,
    js`set ${key} ( ${p} ) { ${ss} }`,
    js`* ${key} ( ${ps} ) { ${yielding} }`,
    js`async·${key} ( ${ps} ) { ${asyncBody} }`,
    js`async·* [ ${e} ] ( ) { ${asyncBody} ${yielding} }`,
  );
  return {
    e: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: fc.oneof(regex, string, number, name, verbatim('this', 'null')), weight: 6 },
      { arbitrary: callable, weight: 4 },
      template,
      js`( ${e} )`,
      js`( ${e} , ${e} ) / ${e}`,
      js`[ ${e} , , ... ${e} ] / ${number} / ${e}`,
      js`{ ${many(m, ' , ')} }`,
      js`{ ${many(m, ' , ')} } / ${number} / a`,
      js`class { ${many(c, ' ')} }`,
      js`class a extends ${e} { ${many(c, ' ')} } / ${number} / a`,
      js`class extends class { } { ${many(c, ' ')} }`,
      js`function ( ) { } / ${number} / a`,
      js`${name} / ${e}`,
      js`${name} / ${e} / ${name}`,
      js`${name} * ${e} - ${e}`,
      js`${name} ?? ${e}`,
      js`${name} ? ${e} : ${e}`,
      js`${name} ?.5:${regex}`,
      js`${name} ? { } / ${number} : { } / ${e}`,
      js`${name} = ${e}`,
      js`${name} /= ${e}`,
      js`${name} in ${e}`,
      js`typeof ${e}`,
      js`void ${regex}`,
      js`! ${e}`,
      js`- ${name} ·++ / ${e}`,
      js`${name}·-- / ${e} / ${number}`,
      js`${name} . if / ${number} / ${e}`,
      js`${name} ?. return ( ${e} )`,
      js`${name} ?. [ ${e} ] / ${number} / ${name}`,
      js`${name} ${template} / ${number} / ${name}`,
      js`new ${name} ( ${e} ) / ${number} / ${name}`,
      js`new ( class { ${many(c, ' ')} } )`,
      js`import ( ${e} )`,
    ),
    s: fc.oneof(
      { maxDepth: 3 },
      js`;`,
      js`a = ${e} ;`,
      js`a = ${e}\nb = ${e}\n`,
      js`a\n++\nb\n`,
      js`a\n++ ${regex} . x ;`,
      js`if ( ${e} ) ${regex} . x ;`,
      js`if ( ${e} ) { ${s} } else ${regex} . x ;`,
      js`for ( const x of ${e} ) ${regex} . x ;`,
      js`for ( let i = ${e} ; ${e} ; i·++ ) ${s}`,
      js`for ( var of of ${regex} ) { }`,
      js`for ( of / ${number} / a ; ; ) break\n${regex} . x ;`,
      js`for ( x in ${e} ) { continue } ${regex} . x ;`,
      js`while ( ${e} ) { break } ${regex} . x ;`,
      js`do ${s} while ( ${e} ) ${regex} . x ;`,
      js`switch ( ${e} ) { case ${e} : ${s} case a ? b : ${regex} : { ${s} } default : ${regex} . x }`,
      js`try { ${s} } catch ( { a = ${e} } ) { ${s} } finally { } ${regex} . x ;`,
      js`try { ${s} } catch { } ${regex} . x ;`,
      js`l : { ${s} break·l\n${regex} . x ; }`,
      js`{ ${s} } ${regex} . x ;`,
      js`return·${e} ;`,
      js`return\n{ } ${regex} . x ;`,
      js`throw·${e} ;`,
      js`var x = ${e} , { a = ${e} } = ${e} ;`,
      js`{ let { a = ${e} , b : { c } } = { } / ${e} ; }`,
      js`{ const [ a = ${e} ] = ${e} ; }`,
      js`function g ( ${ps} ) { ${ss} } ${regex} . x ;`,
      js`async·function g ( ) { ${asyncBody} } ${regex} . x ;`,
      js`{ class K { ${many(c, ' ')} } ${regex} . x ; }`,
      js`a = ( )·=> { ${ss} }\n${regex} . x ;`,
      js`async\nfunction g ( ) { } ${regex} . x ;`,
      js`with ( ${e} ) ${regex} . x ;`,
    ),
    async: fc.oneof(
      { maxDepth: 2 },
      verbatim(''),
      js`await ${e} ;`,
      js`a = await ${regex} . x ;`,
      js`for await ( of of ${regex} ) ${s}`,
      js`a = { async·b ( ) { await ${regex} } , c ( ) { await / ${e} / a } } ;`,
      js`class K { [ await ${regex} ] = ${e} ; }`,
    ),
    yielding: fc.oneof(
      { maxDepth: 2 },
      verbatim('', 'yield\n'),
      js`yield·${e} ;`,
      js`yield·${regex} . x ;`,
      js`yield·* ${e} ;`,
      js`a = [ yield , ( yield ) ] / ${number} / a ;`,
      js`yield\n{ } ${regex} . x ;`,
      js`a = function ( ) { yield / ${e} / a } ;`,
      js`a = ( )·=> yield / ${e} / a ;`,
    ),
    m: fc.oneof({ maxDepth: 3 }, name, js`${key} : ${e}`, js`[ ${e} ] : ${e}`, js`... ${e}`, method),
    c: fc.oneof(
      { maxDepth: 3 },
      js`;`,
      js`${key} = ${e} ;`,
      js`static·${key} = ${e} ;`,
      js`#x = ${e} ;`,
      js`a = ${e}\nb = ${e}\n`,
      js`a\nasync\nget ( ) { await / ${number} / a }`,
      js`a = ( )·=> { }\n[ ${e} ] ( ) { }`,
      js`static { ${s} }`,
      method,
      js`static ${method}`,
    ),
    p: fc.oneof({ maxDepth: 2 }, verbatim('x', 'y', 'z'), js`x = ${e}`, js`{ x = ${e} }`, js`[ y , ... z ]`, js`{ [ ${e} ] : z , ... y } = ${e}`),
  };
});

const ownName = fc.oneof(
  { arbitrary: verbatim('x', 'y1', '$', '_', 'async', 'get', 'of'), weight: 9 },
  { arbitrary: verbatim('été', 'ℵ', '𝒜b', '\\u0062', '\\u{63}d', 'a\u200d'), weight: 9 },
  verbatim('let', 'static', 'yield', 'await'),
);

/** Distinct names, each plain, with a default or in a pattern, the last one perhaps a rest. */
const parameters: Text = fc
  .uniqueArray(ownName, { maxLength: 5 })
  .chain((names) => fc.tuple(...names.map((own, i) => parameter(own, i === names.length - 1))))
  .map((list) => list.join('␣,␣'));

function parameter(own: string, last: boolean): Text {
  const anywhere = fc.oneof(
    { arbitrary: fc.constant(own), weight: 3 },
    { arbitrary: js`${own} = ${e}`, weight: 3 },
    js`{ a : ${own} }`,
    js`{ a : ${own} = ${e} }`,
    js`[ , ${own} = ${e} ]`,
    js`{ [ ${e} ] : ${own} } = ${e}`,
  );
  const atEnd = fc.oneof({ arbitrary: anywhere, weight: 4 }, js`... ${own}`, js`... [ ${own} = ${e} ]`, js`${own} ,`);
  return last ? atEnd : anywhere;
}

const memberKey = fc.oneof(
  { arbitrary: key, weight: 10 },
  js`[ 'c' + 'd' ]`,
  js`[ /[)\\]]/ . source ]`,
  js`[ \`\${ \`(\` }]\` ]`,
  js`[ ( ( ) => { return /[(]/ . source } ) ( ) ]`,
  js`[ 6 / 2 / 3 ]`,
  js`[ class { } . name + "]" ]`,
);

const alone = fc.oneof(
  js`function ( ${parameters} ) { }`,
  js`function ${name} ( ${parameters} ) { return 1 }`,
  js`function * ( ${parameters} ) { }`,
  js`async·function ${name} ( ${parameters} ) { }`,
  js`async·function * ( ${parameters} ) { }`,
  js`( ${parameters} )·=> 1`,
  js`( ${parameters} )·=> { }`,
  js`${name}·=> ${e}`,
  js`async·${name}·=> 1`,
  js`async·( ${parameters} )·=> { }`,
);
const member = fc.oneof(
  js`${memberKey} ( ${parameters} ) { }`,
  js`* ${memberKey} ( ${parameters} ) { }`,
  js`async·${memberKey} ( ${parameters} ) { }`,
  js`async·* ${memberKey} ( ${parameters} ) { }`,
  js`get ${memberKey} ( ) { }`,
  js`set ${memberKey} ( ${p} ) { }`,
);

/** Every class has `length`, `name` and `prototype`; what it has besides is the member. */
const find = (value: object): unknown => {
  const { length, name, prototype, ...members } = Object.getOwnPropertyDescriptors(value) as PropertyDescriptorMap;
  const descriptor = members[Reflect.ownKeys(members)[0] as string];
  return descriptor?.value ?? descriptor?.get ?? descriptor?.set;
};

const form: fc.Arbitrary<Case> = fc.oneof(
  js`( ${alone} )`.map((text) => ({ text, find: (value: object) => value })),
  js`({ ${member} })`.map((text) => ({ text, find })),
  js`(class { static·${member} })`.map((text) => ({ text, find })),
);

/** Not always valid: the engine and the oracle decide. */
export const functions: fc.Arbitrary<Case> = fc
  .tuple(form, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }))
  .map(([{ text, find }, picks]) => ({ text: spaced(text, picks), find }));

function spaced(text: string, picks: readonly number[]): string {
  let next = 0;
  return text.replace(/[␣␢]+/g, (marks: string, at: number) => {
    const blanks = marks.includes('␢') ? SAME_LINE : FREE;
    const blank = blanks[(picks[next++ % picks.length] ?? 0) % blanks.length] ?? '';
    const inWords = WORDY.test(text.slice(0, at).slice(-1)) && WORDY.test(text.slice(at + marks.length)[0] ?? '');
    return blank === '' && inWords ? ' ' : blank;
  });
}
