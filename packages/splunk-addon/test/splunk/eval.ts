import { functions } from './eval-functions.ts'
import { type Expression, parseEval } from './eval-parser.ts'
import { number, type Scope, scalar } from './eval-scope.ts'
import { asValue, type Fields, type Value } from './fields.ts'

const parsed = new Map<string, Expression>()

/** The value of an eval expression. Throws a SyntaxError for what is not modelled. `now` is in seconds since 1970. */
export function evaluate(text: string, fields: Fields, now?: number): Value {
  const known = parsed.get(text)
  const expression = known ?? parseEval(text)
  if (!known) parsed.set(text, expression)
  return run(expression, scopeOf(fields, now))
}

function scopeOf(fields: Fields, now: number | undefined): Scope {
  const scope: Scope = {
    fields,
    now,
    run: (expression, others) => run(expression, others ? scopeOf(others, now) : scope),
  }
  return scope
}

function run(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'field':
      return asValue(scope.fields.get(expression.name))
    case 'operator':
      return operate(
        expression.operator,
        expression.args.map((arg) => run(arg, scope)),
      )
    case 'call': {
      const known = functions[expression.name]
      if (!known) throw new SyntaxError(`${expression.name}() is not modelled`)
      return known(expression.args, scope)
    }
  }
}

function operate(operator: string, [left = null, right = null]: readonly Value[]): Value {
  if (operator === 'AND') return left === true && right === true
  if (operator === 'OR') return left === true || right === true
  if (operator === 'NOT') return left !== true
  if (left === null) return null
  if (operator === 'minus') return -(number(left) ?? Number.NaN)
  if (right === null) return null
  if (operator === '.') return `${scalar(left)}${scalar(right)}`
  const numbers = [number(left), number(right)] as const
  const areNumbers = numbers.every((one) => one !== undefined)
  const [a, b] = (areNumbers ? numbers : [scalar(left), scalar(right)]) as [number, number]
  const compare = comparisons[operator]
  if (compare) return compare(a, b)
  const calculate = arithmetic[operator]
  if (!calculate) throw new SyntaxError(`the operator ${operator} is not modelled`)
  return areNumbers ? calculate(a, b) : null
}

const comparisons: { readonly [operator: string]: (a: number, b: number) => boolean } = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const arithmetic: { readonly [operator: string]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
