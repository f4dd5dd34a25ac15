import type { Scalar } from 'yaml'

/** Digits that YAML reads as a number of other digits: beyond 2^53 it loses some, and a zero in front. Gids are written so. */
export class MisreadNumber {
  readonly written: string

  private constructor(written: string) {
    this.written = written
  }

  static of({ value, source }: Scalar): MisreadNumber | undefined {
    if (typeof value !== 'number' || source === undefined || !/^[-+]?\d+$/.test(source)) return undefined
    return String(value) === source && Number.isSafeInteger(value) ? undefined : new MisreadNumber(source)
  }

  toString(): string {
    return `YAML reads ${this.written} as a number and loses digits of it. Put it in quotes: "${this.written}".`
  }
}
