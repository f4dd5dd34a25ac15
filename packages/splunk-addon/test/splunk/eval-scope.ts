import type { Expression } from './eval-parser.ts'
import type { Fields, Value } from './fields.ts'
/** What an expression may ask for. */
export interface Scope {
  readonly fields: Fields
  readonly now: number | undefined
  /** The value of a part of the expression, of these fields or of others. */
  run(expression: Expression, others?: Fields): Value
}

export function scalar(value: Value): string {
  return Array.isArray(value) ? value.join(' ') : String(value)
}

export function number(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e-?\d+)?$/.test(value) ? Number(value) : undefined
}
