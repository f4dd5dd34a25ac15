import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type AuditLogEvent, toLogRecord } from '../../packages/schema/src/index.ts'
import samples from '../../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }
import { fullContext } from '../../packages/schema/test/support/full-context.ts'
import { corpus } from '../support/stores/corpus.ts'

const { simulated, hostile } = corpus(Date.parse('2026-11-09T00:00:00Z'))
const events = [...simulated, ...hostile, ...(samples as unknown as AuditLogEvent[])]

const options = { context: () => fullContext, replay: true, repair: true }
const written = new Set(events.flatMap((event) => Object.keys(toLogRecord(event, options).attributes)))

/** The attributes in the page of the schema: `a.b.*`: `c`, `d` and `a.b.c`, `.d` each stand for several. */
const documented = new Set(
  (
    /\n(\| attribute [\s\S]+\|)\n/.exec(
      readFileSync(new URL('../../packages/schema/docs/attributes.md', import.meta.url), 'utf8'),
    )?.[1] ?? ''
  )
    .split('\n')
    .slice(2)
    .flatMap((row) => {
      const names = [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string)
      const [first = '', ...others] = names
      if (first.endsWith('.*')) return others.map((name) => first.slice(0, -1) + name)
      return [first, ...others.map((name) => (name.startsWith('.') ? first.replace(/\.\w+$/, name) : name))]
    }),
)

test('every attribute of a record is on the page of attributes, and every one on it is in some record', () => {
  expect([...written].filter((name) => !documented.has(name))).toEqual([])
  expect([...documented].filter((name) => !written.has(name))).toEqual([])
})
