import type { Scalar } from 'yaml'

/**
 * A number that YAML changes: it reads `0o17` as 15 and `1.10` as 1.1, and loses digits beyond 2^53 and leading zeros. Gids, names
 * and headers may look like such numbers.
 */
export class MisreadNumber {
  readonly written: string
  readonly #read: number

  private constructor(written: string, read: number) {
    this.written = written
    this.#read = read
  }

  static of({ value, source }: Scalar): MisreadNumber | undefined {
    if (typeof value !== 'number' || source === undefined) return undefined
    const isKept = String(value) === source && (Number.isSafeInteger(value) || !Number.isInteger(value))
    return isKept ? undefined : new MisreadNumber(source, value)
  }

  /** What to do if a text is expected. Does not quote what was written if that may be a secret. */
  inWords(isQuotable: boolean): string {
    const lost = /^[-+]?\d+$/.test(this.written)
    if (!isQuotable) return 'YAML reads this value as a number and changes its digits. Put it in quotes.'
    const read = lost ? 'a number and loses some of its digits' : `the number ${this.#read}`
    return `YAML reads ${this.written} as ${read}. Put it in quotes: "${this.written}".`
  }

  toString(): string {
    return this.written
  }

  toJSON(): string {
    return this.written
  }
}
