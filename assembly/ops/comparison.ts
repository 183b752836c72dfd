/** Comparison, logic, rounding and choice. Only `where` has a gradient: the derivatives of the others are 0 wherever they exist. */
import * as k from '../kernels/comparison';
import { pairTest, selectMap, selectMap32 } from '../kernels/map';
import * as r from '../kernels/rounding';
import * as w from '../kernels/whole';
import { tileDtype } from '../kernels/tile';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, X0 } from '../tape/define';
import { fail } from '../tape/fault';
import { ANY, COMPLEX, sizeShift } from '../tensor/dtype';
import { isSingle, logic1, logic2, mapTiles, number1, same, test, test1, test2, whole2, zeroGradientMap } from './elementwise';
import { giveBroadcast, sameDtype } from './infer';
import { where0, whereElse0 } from './prim';

export function defineComparison(): void {
  defineRounding();
  defineTests();
  defineComparisons();
  defineLogic();
  defineBits();

  /** y = x₀ ? x₁ : x₂.  x̄₁ = ȳ where x₀ holds, else 0; x̄₂ = 0 where x₀ holds, else ȳ. */
  same(Op.where, ANY, (n) => { choose(n); });
  define(Op.where, ANY, inferWhere, (c) => { mapTiles(c); }, X0,
    (v) => {
      if (v.needs(1)) v.give(1, whereElse0(v.input(0), v.cotangent));
      if (v.needs(2)) v.give(2, where0(v.input(0), v.cotangent));
    });
}

function defineRounding(): void {
  zeroGradientMap(Op.floor, (op) => { number1<r.Floor>(op); });
  zeroGradientMap(Op.ceil, (op) => { number1<r.Ceil>(op); });
  zeroGradientMap(Op.round, (op) => { number1<r.Round>(op); });
  zeroGradientMap(Op.trunc, (op) => { number1<r.Trunc>(op); });
  zeroGradientMap(Op.step, (op) => { number1<r.Step>(op); });
}

function defineTests(): void {
  zeroGradientMap(Op.isNaN, (op) => { test1<k.IsNaN>(op); });
  zeroGradientMap(Op.isFinite, (op) => { test1<k.IsFinite>(op); });
  zeroGradientMap(Op.isInf, (op) => { test1<k.IsInf>(op); });
}

/** Complex numbers have no order, only equality. */
function defineComparisons(): void {
  zeroGradientMap(Op.equal, (op) => { test2<k.Equal>(op); test(op, COMPLEX, (n) => { testPairs(n, false); }); });
  zeroGradientMap(Op.notEqual, (op) => { test2<k.NotEqual>(op); test(op, COMPLEX, (n) => { testPairs(n, true); }); });
  zeroGradientMap(Op.less, (op) => { test2<k.Less>(op); });
  zeroGradientMap(Op.lessEqual, (op) => { test2<k.LessEqual>(op); });
  zeroGradientMap(Op.greater, (op) => { test2<k.Greater>(op); });
  zeroGradientMap(Op.greaterEqual, (op) => { test2<k.GreaterEqual>(op); });
}

function testPairs(n: i32, negated: bool): void {
  if (isSingle()) pairTest<f32>(n, negated);
  else pairTest<f64>(n, negated);
}

function defineLogic(): void {
  zeroGradientMap(Op.logicalAnd, (op) => { logic2<k.And>(op); });
  zeroGradientMap(Op.logicalOr, (op) => { logic2<k.Or>(op); });
  zeroGradientMap(Op.logicalXor, (op) => { logic2<k.Xor>(op); });
  zeroGradientMap(Op.logicalNot, (op) => { logic1<k.Not>(op); });
}

/** A bool is a single bit, so the bitwise ops are its logical ones. */
function defineBits(): void {
  zeroGradientMap(Op.bitwiseAnd, (op) => { whole2<w.BitAnd>(op); logic2<k.And>(op); });
  zeroGradientMap(Op.bitwiseOr, (op) => { whole2<w.BitOr>(op); logic2<k.Or>(op); });
  zeroGradientMap(Op.bitwiseXor, (op) => { whole2<w.BitXor>(op); logic2<k.Xor>(op); });
  zeroGradientMap(Op.leftShift, (op) => { whole2<w.LeftShift>(op); });
  zeroGradientMap(Op.rightShift, (op) => { whole2<w.RightShift>(op); });
}

/** A bool and two operands of one dtype, broadcast together. */
function inferWhere(c: Call): bool {
  if (c.input(0).dtype != DType.bool) return fail(Status.dtype, c.op, 0, c.input(0).dtype);
  return sameDtype(c, 1, 2) && giveBroadcast(c, 0, 3, c.input(1).dtype);
}

function choose(n: i32): void {
  const shift = sizeShift(tileDtype);
  if (shift == 2) selectMap32(n);
  else if (shift == 3) selectMap<u64>(n);
  else if (shift == 4) selectMap<v128>(n);
  else selectMap<u8>(n);
}
