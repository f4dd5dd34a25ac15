import type { AuditLogEvent } from '@asana-audit/schema'
import { addressRange } from './address-range.ts'
import { asText, nodesAt, valuesAt } from './event-value.ts'
import { type Modifiers, parseModifiers } from './modifiers.ts'
import { regularExpression } from './regular-expression.ts'
import { textPattern } from './text-pattern.ts'

type ValueTest = (value: unknown) => boolean
export type EventTest = (event: AuditLogEvent) => boolean

/** One line of a search: `field|modifier: value or values`. Throws a SyntaxError that names the problem. */
export function fieldTest(key: string, given: unknown): EventTest {
  const [field = '', ...names] = key.split('|')
  const modifiers = parseModifiers(names)
  const { kind } = modifiers
  const path = field.split('.')
  const values = Array.isArray(given) ? given : [given]
  if (values.length === 0) throw new SyntaxError('the list of values is empty')
  if (modifiers.all && values.length === 1) throw new SyntaxError('all needs a list of several values')

  if (kind === 'exists') {
    if (typeof given !== 'boolean') throw new SyntaxError('exists takes true or false')
    return (event) => nodesAt(event, path).length > 0 === given
  }
  if (given === null && names.length === 0) {
    return (event) => valuesAt(event, path).every((value) => value === null)
  }
  if (values.includes(null))
    throw new SyntaxError('null must be the only value, without modifiers and not in a list')
  if (kind === 'fieldref') {
    const others = values.map((value) => textOf(value).split('.'))
    return (event) =>
      combine(others, modifiers.all, (other) => sameText(valuesAt(event, path), valuesAt(event, other)))
  }
  const tests = values.map((value) => valueTest(kind, value, modifiers))
  return (event) => {
    const found = valuesAt(event, path)
    return combine(tests, modifiers.all, (test) => found.some(test))
  }
}

function valueTest(
  kind: Exclude<Modifiers['kind'], 'exists' | 'fieldref'>,
  value: unknown,
  { cased, flags }: Modifiers,
): ValueTest {
  switch (kind) {
    case 're': {
      return onText(regularExpression(textOf(value), flags))
    }
    case 'cidr': {
      const range = addressRange(textOf(value))
      if (!range) throw new SyntaxError(`${textOf(value)} is not a range of addresses such as 192.0.2.0/24`)
      return onText(range)
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      if (typeof value !== 'number') throw new SyntaxError(`${kind} takes a number`)
      return (found) => compare(kind, numberOf(found), value)
    }
    default:
      return onText(textPattern(textOf(value), kind, cased))
  }
}

function combine<T>(items: readonly T[], all: boolean, test: (item: T) => boolean): boolean {
  return all ? items.every(test) : items.some(test)
}

function onText(test: (text: string) => boolean): ValueTest {
  return (value) => {
    const text = asText(value)
    return text !== undefined && test(text)
  }
}

function textOf(value: unknown): string {
  const text = asText(value)
  if (text === undefined) throw new SyntaxError('a value must be text, a number, true or false')
  return text
}

function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
    ? Number(value)
    : Number.NaN
}

function compare(kind: 'lt' | 'lte' | 'gt' | 'gte', found: number, wanted: number): boolean {
  if (kind === 'lt') return found < wanted
  if (kind === 'lte') return found <= wanted
  return kind === 'gt' ? found > wanted : found >= wanted
}

/** Whether two fields share a value. Two missing fields share none. */
function sameText(some: readonly unknown[], others: readonly unknown[]): boolean {
  const fold = (value: unknown) => asText(value)?.toLowerCase()
  const texts = others.map(fold)
  return some.map(fold).some((text) => text !== undefined && texts.includes(text))
}
