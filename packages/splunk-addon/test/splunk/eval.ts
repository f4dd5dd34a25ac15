import { type Expression, parseEval } from './eval-parser.ts'

/** A field holds texts, several of them where it has several values. */
export type Fields = ReadonlyMap<string, readonly string[]>

/** Null is the absence of a value; a list has two or more. */
export type Value = string | number | boolean | null | readonly string[]

/** The value of the field of this name after `EVAL-<name> = text`. */
export function evaluate(text: string, fields: Fields): Value {
  const known = parsed.get(text)
  const expression = known ?? parseEval(text)
  if (!known) parsed.set(text, expression)
  return run(expression, fields)
}

const parsed = new Map<string, Expression>()

function run(expression: Expression, fields: Fields): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'field':
      return asValue(fields.get(expression.name))
    case 'operator':
      return operate(expression.operator, expression.args, fields)
    case 'call': {
      const known = functions[expression.name]
      if (!known) throw new SyntaxError(`${expression.name}() is not modelled`)
      return known(
        expression.args.map((arg) => () => run(arg, fields)),
        fields,
      )
    }
  }
}

function asValue(texts: readonly string[] | undefined): Value {
  if (!texts || texts.length === 0) return null
  return texts.length === 1 ? (texts[0] as string) : texts
}

function operate(operator: string, args: readonly Expression[], fields: Fields): Value {
  const [left = null, right = null] = args.map((arg) => run(arg, fields))
  switch (operator) {
    case 'AND':
      return left === true && right === true
    case 'OR':
      return left === true || right === true
    case 'NOT':
      return left !== true
    case '.':
      return left === null || right === null ? null : `${scalar(left)}${scalar(right)}`
    case 'minus':
      return typeof left === 'number' ? -left : null
    default:
      return left === null || right === null ? null : compareOrAdd(operator, left, right)
  }
}

function compareOrAdd(operator: string, left: Value, right: Value): Value {
  const numbers = [asNumber(left), asNumber(right)] as const
  const numeric = numbers.every((one) => one !== undefined)
  const [a, b] = (numeric ? numbers : [scalar(left), scalar(right)]) as [number, number]
  switch (operator) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      throw new SyntaxError(`the operator ${operator} is not modelled`)
  }
}

function scalar(value: Value): string {
  return Array.isArray(value) ? value.join(' ') : String(value)
}

function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

type Lazy = () => Value

/** Those the add-on uses. Any other is an error. */
const functions: { readonly [name: string]: (args: readonly Lazy[], fields: Fields) => Value } = {
  coalesce: (args) => first(args, (value) => value !== null),
  case: (args) => args.find((_, at) => at % 2 === 1 && args[at - 1]?.() === true)?.() ?? null,
  if: ([test, yes, no]) => (test?.() === true ? (yes?.() ?? null) : (no?.() ?? null)),
  in: ([subject, ...values]) => {
    const value = subject?.() ?? null
    return value === null ? null : values.some((one) => one() === value)
  },
  isnotnull: ([arg]) => arg?.() !== null,
  match: ([arg, pattern]) => {
    const value = arg?.() ?? null
    return value === null ? null : new RegExp(String(pattern?.())).test(scalar(value))
  },
  mvjoin: ([arg, separator]) => {
    const value = arg?.() ?? null
    return value === null ? null : [value].flat().join(String(separator?.()))
  },
  null: () => null,
  replace: ([arg, pattern, by]) => {
    const value = arg?.() ?? null
    return value === null
      ? null
      : scalar(value).replaceAll(new RegExp(String(pattern?.()), 'g'), String(by?.()))
  },
  trim: ([arg]) => {
    const value = arg?.() ?? null
    return value === null ? null : scalar(value).trim()
  },
  true: () => true,
  nullif: ([arg, other]) => {
    const value = arg?.() ?? null
    return value === other?.() ? null : value
  },
  spath: ([json, path]) => {
    const [text, steps] = [json?.() ?? null, path?.()]
    return typeof text === 'string' && typeof steps === 'string' ? spath(text, steps) : null
  },
}

function first(args: readonly Lazy[], fits: (value: Value) => boolean): Value {
  for (const arg of args) {
    const value = arg()
    if (fits(value)) return value
  }
  return null
}

function spath(json: string, path: string): Value {
  return asValue(jsonFields(json)?.get(path))
}

/**
 * What Splunk's KV_MODE = json and spath make of a JSON text: dotted names, `{}` for a list, null as the word. Text is
 * UTF-8, which has no halves of surrogate pairs.
 */
export function jsonFields(text: string): Map<string, string[]> | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const fields = new Map<string, string[]>()
  function add(name: string, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) add(`${name}{}`, item)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, member)
    } else if (name !== '') fields.set(name, [...(fields.get(name) ?? []), String(value).toWellFormed()])
  }
  add('', parsed)
  return fields
}
