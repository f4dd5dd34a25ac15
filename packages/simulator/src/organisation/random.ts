import { hash } from 'node:crypto'

/** A number in [0, 1) that depends only on `text`: the same on every machine and in every run. */
export function fractionOf(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32BE(0) / 2 ** 32
}

export interface Random {
  /** In [0, 1). */
  fraction(): number
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** True in `share` of all calls. */
  chance(share: number): boolean
  pick<T>(choices: readonly T[]): T
  hex(digits: number): string
}

/**
 * An endless series of numbers that depends only on `seed`. Blocks of SHA-256 over a counter: not fast, but every
 * event can have its own series, so that an added draw for one event never changes another.
 */
export function createRandom(seed: string): Random {
  let block = Buffer.alloc(0)
  let blocks = 0
  let used = 0

  function fraction(): number {
    if (used === block.length) {
      block = hash('sha256', `${seed}#${blocks++}`, 'buffer')
      used = 0
    }
    const value = block.readUInt32BE(used) / 2 ** 32
    used += 4
    return value
  }

  return {
    fraction,
    between: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    chance: (share) => fraction() < share,
    pick: <T>(choices: readonly T[]) => choices[Math.floor(fraction() * choices.length)] as T,
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(fraction() * 16).toString(16)).join(''),
  }
}
