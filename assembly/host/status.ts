/** The core's state as the facade reads it: version, faults, memory. */
import { Abi } from '../shared/abi';
import * as heap from '../memory/heap';
import { clearFault, FAULT } from '../tape/fault';
import { storageBytes, tensorCount } from '../tensor/tensor';

export function abiVersion(): i32 {
  return Abi.version;
}

export function faultArea(): usize {
  return FAULT;
}

export function faultClear(): void {
  clearFault();
}

/** Live records, without the scopes'. */
export function memoryTensors(): i32 {
  return tensorCount;
}

export function memoryBytes(): f64 {
  return <f64>storageBytes;
}

export function memoryLive(): f64 {
  return <f64>heap.heapLive;
}

export function memoryPeak(): f64 {
  return <f64>heap.heapPeak;
}

export function memoryRefused(): f64 {
  return <f64>heap.heapRefused;
}

export function memoryResetPeak(): void {
  heap.heapResetPeak();
}

export function memoryLimit(pages: u32): void {
  heap.heapLimit(pages);
}
