/** Comparison, logic, rounding and choice. Nothing but `where` has a gradient: the others are constant wherever they have a derivative. */
import * as k from '../kernels/comparison';
import { pairTest, selectMap, selectMap32 } from '../kernels/map';
import * as r from '../kernels/rounding';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { Call } from '../tape/call';
import { define, X0, zeroGradient } from '../tape/define';
import { fail } from '../tape/fault';
import { ANY, BOOLEAN, FLOATS, REAL, sizeShift } from '../tensor/dtype';
import { logic1, logic2, nextTile, number1, test1, test2, tiles } from './elementwise';
import { giveBroadcast, inferBroadcast, inferComparison, inferSame, inferTest, isComplexCall, sameDtype } from './infer';
import { where0, whereElse0 } from './prim';

const ORDERED: u32 = REAL | BOOLEAN;

export function defineComparison(): void {
  defineRounding();
  defineTests();
  defineComparisons();
  defineLogic();

  /** y = x₀ ? x₁ : x₂.  x̄₁ = ȳ where x₀ holds, else 0; x̄₂ = 0 where x₀ holds, else ȳ. */
  define(Op.where, ANY, inferWhere, (c) => { choose(c); }, X0,
    (v) => {
      if (v.needs(1)) v.give(1, whereElse0(v.input(0), v.cotangent));
      if (v.needs(2)) v.give(2, where0(v.input(0), v.cotangent));
    });
}

function defineRounding(): void {
  zeroGradient(Op.floor, REAL, inferSame, (c) => { number1<r.Floor>(c); });
  zeroGradient(Op.ceil, REAL, inferSame, (c) => { number1<r.Ceil>(c); });
  zeroGradient(Op.round, REAL, inferSame, (c) => { number1<r.Round>(c); });
  zeroGradient(Op.trunc, REAL, inferSame, (c) => { number1<r.Trunc>(c); });
  zeroGradient(Op.step, REAL, inferSame, (c) => { number1<r.Step>(c); });
}

function defineTests(): void {
  zeroGradient(Op.isNaN, FLOATS, inferTest, (c) => { test1<k.IsNaN>(c); });
  zeroGradient(Op.isFinite, FLOATS, inferTest, (c) => { test1<k.IsFinite>(c); });
  zeroGradient(Op.isInf, FLOATS, inferTest, (c) => { test1<k.IsInf>(c); });
}

/** Complex numbers have no order, only equality. */
function defineComparisons(): void {
  zeroGradient(Op.equal, ANY, inferComparison, (c) => { if (isComplexCall(c)) pairs(c, false); else test2<k.Equal>(c); });
  zeroGradient(Op.notEqual, ANY, inferComparison, (c) => { if (isComplexCall(c)) pairs(c, true); else test2<k.NotEqual>(c); });
  zeroGradient(Op.less, ORDERED, inferComparison, (c) => { test2<k.Less>(c); });
  zeroGradient(Op.lessEqual, ORDERED, inferComparison, (c) => { test2<k.LessEqual>(c); });
  zeroGradient(Op.greater, ORDERED, inferComparison, (c) => { test2<k.Greater>(c); });
  zeroGradient(Op.greaterEqual, ORDERED, inferComparison, (c) => { test2<k.GreaterEqual>(c); });
}

function pairs(c: Call, negated: bool): void {
  const single = c.input(0).dtype == DType.complex64;
  for (let n = tiles(c); n; n = nextTile()) {
    if (single) pairTest<f32>(n, negated);
    else pairTest<f64>(n, negated);
  }
}

function defineLogic(): void {
  zeroGradient(Op.logicalAnd, BOOLEAN, inferBroadcast, (c) => { logic2<k.And>(c); });
  zeroGradient(Op.logicalOr, BOOLEAN, inferBroadcast, (c) => { logic2<k.Or>(c); });
  zeroGradient(Op.logicalXor, BOOLEAN, inferBroadcast, (c) => { logic2<k.Xor>(c); });
  zeroGradient(Op.logicalNot, BOOLEAN, inferSame, (c) => { logic1<k.Not>(c); });
}

/** A bool and two operands of one dtype, broadcast together. */
function inferWhere(c: Call): bool {
  if (c.input(0).dtype != DType.bool) return fail(Status.dtype, c.op, 0, c.input(0).dtype);
  return sameDtype(c, 1, 2) && giveBroadcast(c, 0, 3, c.input(1).dtype);
}

function choose(c: Call): void {
  const shift = sizeShift(c.output(0).dtype);
  for (let n = tiles(c); n; n = nextTile()) {
    if (shift == 2) selectMap32(n);
    else if (shift == 3) selectMap<u64>(n);
    else if (shift == 4) selectMap<v128>(n);
    else selectMap<u8>(n);
  }
}
