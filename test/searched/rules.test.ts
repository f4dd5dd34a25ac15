import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readRules, shippedRuleFiles } from '../../packages/detections/src/index.ts'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import samples from '../../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }
import { corpus } from '../support/stores/corpus.ts'

const { simulated } = corpus(Date.parse('2026-11-09T00:00:00Z'))
/** What Asana writes, as far as anybody has seen: the simulator's events, and those that are public. */
const written = [...simulated, ...(samples as unknown as AuditLogEvent[])]

interface Term {
  readonly rule: string
  /** With its modifiers. */
  readonly field: string
  readonly value: unknown
}

/** Everything a rule asks for, one value each. */
const terms: readonly Term[] = (await shippedRuleFiles()).flatMap(({ name, text }) =>
  parseAllDocuments(text).flatMap((document) => {
    const { detection = {} } = document.toJS() as { detection?: Record<string, unknown> }
    const { condition: _, ...searches } = detection
    return Object.values(searches).flatMap((search) => termsOf(name, search))
  }),
)

function termsOf(rule: string, search: unknown): Term[] {
  if (Array.isArray(search)) return search.flatMap((one) => termsOf(rule, one))
  return Object.entries(search as object).flatMap(([field, given]) => {
    const values: unknown[] = Array.isArray(given) && !field.includes('|all') ? given : [given]
    return values.map((value) => ({ rule, field, value }))
  })
}

/** How many of the written events have the value in the field, by the rules' own evaluator. */
function found({ field, value }: Pick<Term, 'field' | 'value'>): number {
  const text = JSON.stringify({
    title: 'One term',
    logsource: { product: 'asana', service: 'audit' },
    detection: { one: { [field]: value }, condition: 'one' },
  })
  const read = readRules([{ name: 'one.yml', text }])
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const [rule] = read.rules
  if (rule?.kind !== 'event') throw new Error('no rule about single events')
  return written.filter((event) => rule.matches(event)).length
}

test('every field that a rule looks at is in an event', () => {
  const fields = new Set(terms.map(({ field }) => field.split('|')[0] ?? ''))
  expect(fields.size).toBeGreaterThan(5)
  expect([...fields].filter((field) => found({ field: `${field}|exists`, value: true }) === 0)).toEqual([])
})

test('every value that a rule asks for is in an event', () => {
  expect(terms.length).toBeGreaterThan(100)
  const inVain = terms.filter((term) => found(term) === 0)
  expect(inVain.map(({ rule, field, value }) => `${rule}: ${field}: ${JSON.stringify(value)}`)).toEqual([])
})
