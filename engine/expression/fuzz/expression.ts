// Makes random expressions over the whole language.
import { FUNCTIONS, type Makers, randomCall } from './calls.ts';
import { FIELDS } from './document.ts';
import * as literal from './literals.ts';
import { list, type Piece, piece } from './piece.ts';
import type { Random } from './random.ts';

const BINARY = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  'in',
  '??',
  '?:',
  '~>',
];

export function randomExpression(random: Random, depth = 4): Piece {
  return new Generator(random).any(depth);
}

/** Remembers which variables are in scope. */
class Generator {
  readonly #random: Random;
  readonly #variables: string[] = [];
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  any(depth: number): Piece {
    const random = this.#random;
    if (depth <= 0) return this.leaf();
    const choices: readonly (() => Piece)[] = [
      () => this.leaf(),
      () => this.path(depth),
      () => this.path(depth),
      () => this.path(depth),
      () => this.boundPath(depth),
      () => this.call(depth),
      () => this.call(depth),
      () => this.call(depth),
      () => this.binary(depth),
      () => this.binary(depth),
      () => this.array(depth),
      () => this.object(depth),
      () => this.mapping(depth),
      () => this.condition(depth),
      () => this.block(depth),
      () => this.invocation(depth),
      () => this.transform(depth),
      () => this.partial(depth),
      () => piece('-', this.any(depth - 1)),
      () => piece('(', this.any(depth - 1), ')', this.suffix(depth)),
    ];
    return random.pick(choices)();
  }

  leaf(): Piece {
    const random = this.#random;
    switch (random.below(9)) {
      case 0:
      case 1:
        return literal.number(random);
      case 2:
        return literal.string(random);
      case 3:
        return literal.constant(random);
      case 4:
        return this.variable();
      case 5:
        return piece(random.pick(['$', '$$', '*', '**', '%']));
      default:
        return piece(random.pick(FIELDS));
    }
  }

  variable(): Piece {
    const random = this.#random;
    if (this.#variables.length === 0 || random.chance(0.1)) {
      return piece(random.pick(['$', '$$', `$${random.pick(FUNCTIONS)}`, '$unknown', '$given']));
    }
    return piece(`$${random.pick(this.#variables)}`);
  }

  step(depth: number): Piece {
    const random = this.#random;
    if (depth > 0 && random.chance(0.12)) return piece('(', this.any(depth - 1), ')');
    if (depth > 0 && random.chance(0.06)) return this.object(depth - 1);
    if (depth > 0 && random.chance(0.06)) return this.array(depth - 1);
    if (depth > 0 && random.chance(0.06)) return this.call(depth - 1);
    return piece(random.pick([...FIELDS, ...FIELDS, ...FIELDS, '*', '**', '%', '$', '"b"', '`c`']));
  }

  path(depth: number): Piece {
    const random = this.#random;
    const steps = Array.from({ length: 1 + random.below(4) }, (_, index) =>
      piece(
        index === 0 && random.chance(0.25) ? this.variable() : this.step(depth - 1),
        this.suffix(depth - 1),
      ),
    );
    return piece(list(steps, '.'), random.chance(0.06) ? this.group(depth - 1) : piece());
  }

  /** Where it stands it is bound for others too. */
  assignment(depth: number): Piece {
    const name = this.#random.pick(['w', 'x', 'y']);
    const value = piece(`$${name} := `, this.any(depth - 1));
    if (!this.#variables.includes(name)) this.#variables.push(name);
    return value;
  }

  member(depth: number): Piece {
    return this.#random.chance(0.04) ? this.assignment(depth) : this.any(depth);
  }

  suffix(depth: number): Piece {
    const random = this.#random;
    if (!random.chance(0.3)) return piece();
    switch (random.below(random.chance(0.1) ? 7 : 6)) {
      case 6:
        return piece('[', this.assignment(Math.min(depth, 2)), ']');
      case 0:
        return piece('[]');
      case 1:
      case 2:
        return piece('[', literal.number(random), ']');
      case 3:
        return piece('^(', random.pick(['', '<', '>']), this.any(Math.min(depth, 1)), ')');
      default:
        return piece('[', this.any(Math.min(depth, 2)), ']');
    }
  }

  group(depth: number): Piece {
    const random = this.#random;
    const pairs = Array.from({ length: 1 + random.below(2) }, () =>
      piece(
        random.chance(0.5) ? literal.string(random) : this.any(Math.min(depth, 1)),
        ': ',
        this.member(depth),
      ),
    );
    return piece('{', list(pairs), '}');
  }

  /** `a@$x.b#$i[…].{ … $x … }` */
  boundPath(depth: number): Piece {
    const random = this.#random;
    const count = this.#variables.length;
    const steps: Piece[] = [];
    for (let index = 0; index < 2 + random.below(3); index += 1) {
      const binds = random.below(4);
      const name = `v${this.#names++}`;
      const step = this.step(depth - 1);
      if (binds === 1) steps.push(piece(step, `@$${name}`, this.suffix(depth - 1)));
      else if (binds === 2) steps.push(piece(step, `#$${name}`, this.suffix(depth - 1)));
      else steps.push(piece(step, this.suffix(depth - 1)));
      if (binds === 1 || binds === 2) this.#variables.push(name);
    }
    steps.push(random.chance(0.5) ? this.object(depth - 1) : this.step(depth));
    const group = random.chance(0.1) ? this.group(depth - 1) : piece();
    this.#variables.length = count;
    return piece(list(steps, '.'), group);
  }

  binary(depth: number): Piece {
    const operator = this.#random.pick(BINARY);
    const right = operator === '~>' ? this.lambda(depth - 1, 1) : this.any(depth - 1);
    return piece('(', this.any(depth - 1), ` ${operator} `, right, ')');
  }

  array(depth: number): Piece {
    const random = this.#random;
    if (random.chance(0.2))
      return piece('[', random.pick(['0', '1', '-2', 'a']), '..', random.pick(['0', '3', '5', 'b']), ']');
    if (random.chance(0.3)) return this.path(depth);
    return piece('[', list(Array.from({ length: random.below(4) }, () => this.member(depth - 1))), ']');
  }

  object(depth: number): Piece {
    const random = this.#random;
    if (random.chance(0.3)) return piece(random.pick(FIELDS));
    const pairs = Array.from({ length: random.below(4) }, () =>
      piece(
        random.chance(0.8) ? piece(`"${random.pick([...FIELDS, 'k', '1'])}"`) : this.any(depth - 1),
        ': ',
        this.member(depth - 1),
      ),
    );
    return piece('{', list(pairs), '}');
  }

  /** As mappings are written: fields of fields, many below the same one. */
  mapping(depth: number): Piece {
    const random = this.#random;
    const stem = Array.from({ length: random.below(3) }, () => random.pick(FIELDS));
    const pairs = Array.from({ length: 2 + random.below(6) }, (_, index) => {
      const end = Array.from({ length: 1 + random.below(3) }, () => random.pick(FIELDS));
      const value = random.chance(0.8) ? piece([...stem, ...end].join('.')) : this.any(depth - 1);
      return piece(`"k${index}": `, value);
    });
    return piece('{', list(pairs), '}');
  }

  condition(depth: number): Piece {
    const condition = piece(this.any(depth - 1), ' ? ', this.any(depth - 1));
    return this.#random.chance(0.7)
      ? piece('(', condition, ' : ', this.any(depth - 1), ')')
      : piece('(', condition, ')');
  }

  block(depth: number): Piece {
    const random = this.#random;
    const count = this.#variables.length;
    const parts: Piece[] = [];
    for (let index = 0; index < 1 + random.below(2); index += 1) {
      const name = random.chance(0.2) && count > 0 ? (this.#variables[0] as string) : `v${this.#names++}`;
      const value = random.chance(0.3) ? this.lambda(depth - 1, random.below(3)) : this.any(depth - 1);
      parts.push(piece(`$${name} := `, value));
      this.#variables.push(name);
    }
    parts.push(this.any(depth - 1));
    this.#variables.length = count;
    return piece('(', list(parts, '; '), ')', this.suffix(depth - 1));
  }

  lambda(depth: number, parameters: number): Piece {
    const random = this.#random;
    if (random.chance(0.25)) return piece(`$${random.pick(FUNCTIONS)}`);
    if (random.chance(0.05)) return literal.regex(random);
    if (random.chance(0.08)) return this.partial(depth);
    const count = this.#variables.length;
    const names = Array.from({ length: parameters }, () => `v${this.#names++}`);
    this.#variables.push(...names);
    const body = this.any(depth - 1);
    this.#variables.length = count;
    const signature = random.chance(0.08)
      ? random.pick(['<s:s>', '<n-:n>', '<x>', '<a<n>:n>', '<j?>', '<(ns)s?:x>', '<f>', '<o>'])
      : '';
    return piece(`function(${names.map((name) => `$${name}`).join(', ')})${signature}{ `, body, ' }');
  }

  invocation(depth: number): Piece {
    const random = this.#random;
    const args = Array.from({ length: random.below(3) }, () => this.any(depth - 1));
    const callee =
      random.chance(0.3) && this.#variables.length > 0
        ? this.variable()
        : this.lambda(depth - 1, args.length);
    return piece(callee, '(', list(args), ')');
  }

  partial(depth: number): Piece {
    const random = this.#random;
    const args = Array.from({ length: 1 + random.below(3) }, () =>
      random.chance(0.5) ? piece('?') : this.any(depth - 1),
    );
    const partial = piece(this.lambda(depth - 1, args.length), '(', list(args), ')');
    return random.chance(0.6) ? piece(partial, '(', this.any(depth - 1), ')') : partial;
  }

  transform(depth: number): Piece {
    const remove = this.#random.chance(0.4)
      ? piece(', ', this.#random.chance(0.7) ? literal.string(this.#random) : this.any(depth - 1))
      : piece();
    const subject = this.#random.chance(0.7)
      ? piece(this.#random.pick(['$', 'a', 'b']))
      : this.object(depth - 1);
    return piece(subject, ' ~> |', this.path(depth - 1), '|', this.object(depth - 1), remove, '|');
  }

  call(depth: number): Piece {
    const makers: Makers = {
      any: (at) => this.any(at),
      array: (at) => this.array(at),
      object: (at) => this.object(at),
      lambda: (at, parameters) => this.lambda(at, parameters),
    };
    return randomCall(this.#random, makers, depth);
  }
}
