import { expect, test } from 'vitest'
import * as z from 'zod'
import { sectionFields, topFields } from '../../src/event/event-fields.ts'
import { auditLogEventJsonSchema, parseAuditLogEvent } from '../../src/index.ts'
import { toJsonText } from '../../src/lossless.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'

type Node = { [keyword: string]: unknown; properties: { [name: string]: Node }; anyOf: Node[] }

const schema = auditLogEventJsonSchema() as Node

test('the JSON Schema requires the same fields as the check', () => {
  expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(schema['required']).toEqual(['gid', 'created_at', 'event_type', 'actor'])
  expect(schema.properties['created_at']).toEqual({ type: 'string', format: 'date-time' })
})

test('the JSON Schema names the documented types and accepts others', () => {
  expect(schema.properties['event_category']?.anyOf).toEqual([{ type: ['string', 'null'] }, {}])
  const context = schema.properties['context']?.anyOf
  expect(context?.map((branch) => branch['type'])).toEqual(['object', 'null', undefined])
  const asked = context?.[0]?.properties['on_behalf_of_user_id']?.anyOf
  expect(asked?.map((branch) => branch['type'])).toEqual(['integer', 'null', undefined])
})

test('the JSON Schema names the fields that have attributes', () => {
  const documented = (node: Node | undefined) =>
    Object.keys(node?.properties ?? node?.anyOf[0]?.properties ?? {})
  expect(documented(schema)).toEqual(expect.arrayContaining([...topFields.keys(), ...sectionFields.keys()]))
  for (const [section, fields] of sectionFields) {
    expect(documented(schema.properties[section])).toEqual([...fields.keys()])
  }
})

test('a validator of the JSON Schema accepts and refuses the same events as the check', () => {
  const validator = z.fromJSONSchema(JSON.parse(toJsonText(schema)))
  holds(
    arbitraryEvent,
    (event) => validator.safeParse({ ...event, created_at: '2026-01-02T03:04:05Z' }).success,
  )
  for (const raw of [
    null,
    [],
    {},
    { gid: '', created_at: '2026-01-02T03:04:05Z', event_type: 'x', actor: {} },
  ]) {
    expect(validator.safeParse(raw).success).toBe(false)
    expect(parseAuditLogEvent(raw)).toHaveProperty('reason')
  }
})
