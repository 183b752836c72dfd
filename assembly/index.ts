/** The module's exports, and nothing else. */
import { defineAll } from './ops/all';

export { apply0, apply1, apply2, applyMany, callArea, result } from './host/calls';
export { exampleBase, exampleBegin, exampleEnd, exampleFree, exampleTake } from './host/example';
export { handles, isRecording, isTracing, programFree, replay, traceAbort, traceBegin, traceEnd, traceInput } from './host/programs';
export {
  regionArgument,
  regionCaptured,
  regionClose,
  regionOpen,
  ruleCotangent,
  ruleGive,
  ruleNeeds,
  ruleRecord,
  ruleResume,
  ruleSpent,
  ruleWatch,
} from './host/rules';
export {
  abiVersion,
  faultArea,
  faultClear,
  memoryBytes,
  memoryLimit,
  memoryLive,
  memoryPeak,
  memoryRefused,
  memoryResetPeak,
  memoryTensors,
} from './host/status';
export { tapeBegin, tapeDetach, tapeEnd, tapeEndSweep, tapeFree, tapeGradient, tapeLift, tapeSweep, valueOf, watch, watchNumber } from './host/tapes';
export { create, dispose, isHeld, isLive, isWatched, keep, scalar, scopeEnter, scopeLeave, scopeLift } from './host/tensors';
export { tapeEmpty, tapeEnter, tapeFind, tapeHandOver, tapeIsAside, tapeIsOpen, tapeKeep, tapeLeave, tapePause, tapeSeed, tapeWatch } from './host/watched';

/** Fills the registry. The main instance calls it once; workers never do. */
export function initialize(): void {
  defineAll();
}
