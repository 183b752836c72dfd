/** Steps through the tokens of a function's source, which an engine has accepted. Builds no tree, evaluates nothing, checks no grammar. */

/**
 * An identifier, a keyword or a `#private` name as it is written, `\u0061` escapes included. In valid source every non-ASCII character that is
 * not blank belongs to a name, so `\p{ID_Start}`, for which an engine loads Unicode's tables at start, is not needed.
 */
export const WORD = /(?:[#$_a-z]|[^!-~\s]|\\u(?:\w{4}|\{\w+\}))(?:[$\w]|[^!-~\s]|\\u(?:\w{4}|\{\w+\}))*/iy;

/** A string, or a number: with a radix, old octal (`017.x` is a member access), decimal. */
const LITERAL = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|0[xob]\w+|0[0-7]+(?!\d)|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?[\d_]+)?n?/isy;

const BLANKS = /(?:\s+|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
const REGEX = /\/(?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])+\/[\w$]*/y;
const TEMPLATE_TEXT = /(?:[^\\`$]|\\.|\$(?!\{))*/sy;
const PREFIX = /\+\+|--|[-+~!]|\.\.\./y;
const INFIX = /(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^<>])=?|[!=]==?|=(?!>)/y;
const DOT = /\?\.(?!\d)|\./y;
const SEPARATOR = /[,;:]/y;
const OPEN = /[[{]/y;
/** Ends a `yield` that has no operand and a `return` that has no value. */
const CLOSE = /[)\]},;:]/y;
/** Shows that the word before it is the member's name, not a modifier. */
const KEY_END = /[(=,:;}]/y;

/** Whether `await` and `yield` are operators, undefined where the source does not say. */
type Operators = Readonly<Record<'awaits' | 'yields', boolean | undefined>>;
export const NEITHER = { awaits: false, yields: false };

/**
 * A cursor in a function's source, always on a token.
 *
 * A `/` divides where an operator may stand and opens a regular expression where an operand may; the methods follow the
 * grammar (ECMA-262, sections 13 to 15) far enough to know which. Because the source is valid, statements are read as
 * a flat sequence, `if (a) b; else c` being four of them, and patterns as the expressions that cover them.
 */
export class Tokenizer {
  /** Offset of the token to be read. */
  at = 0;
  /** Offset behind the token before. */
  end = 0;
  /** Whether a line ends between the token before and this one. */
  private newline = false;
  /** Unknown outside of the function, where its computed key is evaluated. */
  private operators: Operators = { awaits: undefined, yields: undefined };

  /** @param refuse throws, for source that is ambiguous or not a function's. */
  constructor(
    readonly text: string,
    private readonly refuse: (reason: string) => never,
  ) {
    this.move(0);
  }

  sees(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  accept(text: string): boolean {
    const seen = this.sees(text);
    if (seen) this.move(text.length);
    return seen;
  }

  /** The token that `pattern` (sticky) matches here, or ''. */
  peek(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  take(pattern: RegExp): string {
    const token = this.peek(pattern);
    if (token) this.move(token.length);
    return token;
  }

  keyword(...words: readonly string[]): boolean {
    return words.includes(this.peek(WORD)) && this.take(WORD) !== '';
  }

  /** Reads from behind an opening bracket to its end: expressions separated by commas, unless `read` reads other items. */
  list(close: string, read = () => this.assignment()): true {
    while (!this.accept(close)) if (!this.take(SEPARATOR)) read();
    return true;
  }

  /** An expression without commas, or a pattern and its default. */
  assignment(): void {
    while (!this.operand()) {
      if (this.take(INFIX) || this.keyword('in', 'instanceof')) continue;
      if (!this.accept('?')) return;
      this.assignment();
      this.expect(':');
    }
  }

  /** A literal, a name, a pattern, or a bracketed expression. @returns whether an arrow behind it makes an async function. */
  primary(): boolean {
    if (this.brackets() || this.template() || this.definition()) return false;
    if (this.keyword('async')) return this.arrowHead();
    if (this.sees('{')) this.members(false);
    // The dot is that of new.target.
    else if (!this.take(WORD) && !this.take(LITERAL) && !this.take(REGEX) && !this.sees('.')) this.fail('an expression');
    return false;
  }

  /**
   * Reads the tokens before the parameters: `function`, modifiers, the name or key.
   * @returns the last word, and whether `await` and `yield` are operators in the function's body.
   */
  key(): { word: string; awaits: boolean; yields: boolean } {
    const found = { word: '', awaits: false, yields: false };
    for (;;) {
      const word = this.take(WORD);
      if (word) {
        found.word = word;
        found.awaits ||= word === 'async' && !this.newline && !this.peek(KEY_END);
      } else if (this.accept('*')) found.yields = true;
      else if (this.accept('[')) this.list(']');
      else if (!this.take(LITERAL)) return found;
    }
  }

  /** Reads tokens inside a function, in which `operators` hold. */
  within(operators: Operators, read: () => void): void {
    const outer = this.operators;
    this.operators = operators;
    read();
    this.operators = outer;
  }

  private move(length: number): void {
    this.end = this.at += length;
    const blanks = this.peek(BLANKS);
    this.at += blanks.length;
    this.newline = /[\n\r\u2028\u2029]/.test(blanks);
    if (this.sees('<!--') || (this.newline && this.sees('-->'))) this.refuse('it has an HTML-like comment, which scripts and modules read differently');
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`"${text}"`);
  }

  private fail(expected: string): never {
    return this.refuse(`${expected} was expected before ${JSON.stringify(this.text.slice(this.at, this.at + 20))}`);
  }

  /** Reads the word if it is an operator in the function around it. */
  private operator(kind: keyof Operators, word: string): boolean {
    const known = this.operators[kind];
    if (known === false || !this.keyword(word)) return false;
    if (known === undefined) this.refuse(`"${word}" in its computed key may be a name or an operator`);
    return true;
  }

  // Expressions

  private expression(): void {
    do this.assignment();
    while (this.accept(','));
  }

  /** Prefixes, a primary and its suffixes. @returns whether it is an arrow function or `yield`, behind which no operator may follow. */
  private operand(): boolean {
    while (this.take(PREFIX) || this.keyword('typeof', 'void', 'delete', 'new') || this.operator('awaits', 'await'));
    if (this.operator('yields', 'yield')) {
      if (!this.newline && !this.peek(CLOSE)) {
        this.accept('*');
        this.assignment();
      }
      return true;
    }
    const awaits = this.primary();
    if (this.accept('=>')) {
      this.within({ awaits, yields: false }, () => (this.sees('{') ? this.block() : this.assignment()));
      return true;
    }
    this.suffixes();
    return false;
  }

  private suffixes(): void {
    for (;;)
      if (this.take(DOT)) this.take(WORD);
      else if (!this.brackets() && !this.template()) break;
    if (!this.newline && !this.accept('++')) this.accept('--');
  }

  private brackets(): boolean {
    return (this.accept('(') && this.list(')')) || (this.accept('[') && this.list(']'));
  }

  private template(): boolean {
    if (!this.sees('`')) return false;
    for (;;) {
      this.at += 1;
      this.at += this.peek(TEMPLATE_TEXT).length;
      if (this.accept('`')) return true;
      this.expect('${');
      this.expression();
      if (!this.sees('}')) this.expect('}');
    }
  }

  /** Behind `async`: the head of an async arrow function, unless `async` is a name. */
  private arrowHead(): boolean {
    const { at } = this;
    if (this.newline) return false;
    if (this.accept('(')) this.list(')');
    else if (this.take(WORD) && !this.sees('=>')) this.at = at;
    return this.at !== at && this.sees('=>');
  }

  // Functions, classes, objects

  /** A function or class, if there is one. */
  private definition(): boolean {
    const { at } = this;
    const awaits = this.keyword('async');
    if (!(awaits && this.newline) && this.keyword('function')) {
      const yields = this.accept('*');
      this.take(WORD);
      this.callable(awaits, yields);
      return true;
    }
    this.at = at;
    if (!this.keyword('class')) return false;
    if (this.take(WORD) === 'extends' || this.take(WORD) === 'extends') this.operand();
    this.members(true);
    return true;
  }

  private callable(awaits: boolean, yields: boolean): void {
    this.within({ awaits, yields }, () => {
      this.expect('(');
      this.list(')');
      this.block();
    });
  }

  private members(ofClass: boolean): void {
    this.expect('{');
    this.list('}', () => this.member(ofClass));
  }

  private member(ofClass: boolean): void {
    const { at } = this;
    const { awaits, yields } = this.key();
    if (this.accept('...')) this.assignment();
    else if (this.sees('(')) this.callable(awaits, yields);
    else if (ofClass && this.accept('=')) this.within(NEITHER, () => this.assignment());
    else if (this.sees('{')) this.block();
    else if (this.accept(':') || this.accept('=')) this.assignment();
    else if (this.at === at) this.fail('a name');
  }

  // Statements

  private block(): void {
    this.expect('{');
    this.list('}', () => this.statement());
  }

  private statement(): void {
    if (this.sees('{')) this.block();
    else if (this.definition()) return;
    else if (this.keyword('for')) this.loop();
    else if (this.keyword('throw', 'case')) this.expression();
    else if (this.keyword('if', 'while', 'with', 'switch', 'catch')) this.brackets();
    else if (this.keyword('break', 'continue')) {
      if (!this.newline) this.take(WORD);
    } else if (this.keyword('return')) {
      if (!this.newline && !this.peek(CLOSE)) this.expression();
    } else if (!this.keyword('else', 'do', 'try', 'finally', 'default', 'debugger')) this.declaration();
  }

  /** An expression, with or without `var`, `const` or `let` before it; `let` may also be a name. */
  private declaration(): void {
    const { at } = this;
    if (!this.keyword('var', 'const') && this.keyword('let') && !this.peek(OPEN) && ['', 'in', 'instanceof'].includes(this.peek(WORD))) this.at = at;
    this.expression();
  }

  private loop(): void {
    this.keyword('await');
    this.expect('(');
    this.list(')', () => {
      this.declaration();
      this.keyword('of');
    });
  }
}
