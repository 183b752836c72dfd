export function resolveParams(_f: unknown, params: unknown): number[] | null { return params === undefined ? null : (params as number[]); }
export function checkArity(p: readonly number[], n: number, name: string): void { void p; void n; void name; }
