import { hash } from 'node:crypto'

/** A number in [0, 1) for a name of any JSON value. The same name always gives the same number. */
export type Draw = (...name: readonly unknown[]) => number

export function drawOf(seed: number): Draw {
  return (...name) => hash('sha256', JSON.stringify([seed, ...name]), 'buffer').readUInt32BE(0) / 2 ** 32
}

/** A whole number from `from` to `to`, both included. */
export function between(fraction: number, from: number, to: number): number {
  return from + Math.floor(fraction * (to - from + 1))
}

export function pick<T>(fraction: number, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(fraction * choices.length)] ?? choices[0]
}
