import type { Expression } from './eval-parser.ts'
import { number, type Scope, scalar } from './eval-scope.ts'
import { asTexts, asValue, type Value } from './fields.ts'
import { jsonFields } from './json-fields.ts'
import { relativeTime } from './relative-time.ts'

type EvalFunction = (args: readonly Expression[], scope: Scope) => Value

/** A function of texts that is null wherever its first argument is. */
function ofTexts(apply: (...texts: string[]) => Value): EvalFunction {
  return (args, scope) => {
    const values = args.map((arg) => scope.run(arg))
    return values[0] === null ? null : apply(...values.map(scalar))
  }
}

function ofNumbers(apply: (...numbers: number[]) => number): EvalFunction {
  return (args, scope) => {
    const numbers = args.map((arg) => number(scope.run(arg)))
    return numbers.every((one) => one !== undefined) ? apply(...numbers) : null
  }
}

function now({ now }: Scope): number {
  if (now === undefined) throw new Error('now() without a present')
  return now
}

/** Those the add-on uses. Any other is an error. */
export const functions: { readonly [name: string]: EvalFunction } = {
  coalesce: (args, scope) => {
    for (const arg of args) {
      const value = scope.run(arg)
      if (value !== null) return value
    }
    return null
  },
  case: (args, scope) => {
    for (let at = 0; at + 1 < args.length; at += 2) {
      if (scope.run(args[at] as Expression) === true) return scope.run(args[at + 1] as Expression)
    }
    return null
  },
  if: ([test, yes, no], scope) =>
    scope.run((scope.run(test as Expression) === true ? yes : no) as Expression),
  in: ([subject, ...values], scope) => {
    const value = scope.run(subject as Expression)
    return value === null ? null : values.some((one) => scope.run(one) === value)
  },
  isnull: ([arg], scope) => scope.run(arg as Expression) === null,
  isnotnull: ([arg], scope) => scope.run(arg as Expression) !== null,
  null: () => null,
  true: () => true,
  nullif: ([arg, other], scope) => {
    const value = scope.run(arg as Expression)
    return value === scope.run(other as Expression) ? null : value
  },

  match: ofTexts((text, pattern = '') => new RegExp(pattern).test(text)),
  replace: ofTexts((text, pattern = '', by = '') => text.replaceAll(new RegExp(pattern, 'g'), by)),
  trim: ofTexts((text) => text.trim()),
  spath: ofTexts((json, path = '') => asValue(jsonFields(json)?.get(path))),

  mvjoin: ([list, separator], scope) => {
    const value = scope.run(list as Expression)
    return value === null ? null : asTexts(value).join(scalar(scope.run(separator as Expression)))
  },
  mvmap: ([list, expression], scope) => {
    if (list?.kind !== 'field') throw new SyntaxError('mvmap() of no field')
    const each = scope.fields.get(list.name) ?? []
    const results = each.map((one) => {
      const fields = new Map([...scope.fields, [list.name, [one]]])
      return scope.run(expression as Expression, fields)
    })
    return asValue(results.flatMap(asTexts))
  },

  now: (_, scope) => now(scope),
  relative_time: ([time, modifier], scope) =>
    relativeTime(
      number(scope.run(time as Expression)) ?? Number.NaN,
      scalar(scope.run(modifier as Expression)),
    ),
  strftime: ofTexts((time) => new Date(Number(time) * 1000).toISOString()),

  abs: ofNumbers(Math.abs),
  asin: ofNumbers(Math.asin),
  cos: ofNumbers(Math.cos),
  max: ofNumbers(Math.max),
  min: ofNumbers(Math.min),
  pi: () => Math.PI,
  pow: ofNumbers(Math.pow),
  round: ofNumbers((value, places = 0) => Number(value.toFixed(places))),
  sin: ofNumbers(Math.sin),
  sqrt: ofNumbers(Math.sqrt),
}
