/**
 * Scans: results along lines. In comments x is the input, ȳ the cotangent, k runs along the axes.
 * Attributes: flags (1 exclusive, 2 reverse), count of axes (−1: all), axes; several axes are walked as one, in row-major order.
 */
import { cumextremeLines, cumsumLines, EXCLUSIVE, recurrenceLines, REVERSE } from '../kernels/scan';
import { DType, Status } from '../shared/abi';
import { Op } from '../shared/opcode';
import { apply } from '../tape/apply';
import { View } from '../tape/backward';
import { begin, Call } from '../tape/call';
import { define, NOTHING, X0, Y } from '../tape/define';
import { fail } from '../tape/fault';
import { INEXACT, isComplex, NUMERIC, REAL, realOf } from '../tensor/dtype';
import { Tensor } from '../tensor/tensor';
import { axesOf, layLines, over, reducedAxes } from './axes';
import { axesMask, inferSame } from './infer';
import { add, cast, chain, conj, greater, less, mul, NONE as _ } from './prim';
import { copyStrided } from './structure';
