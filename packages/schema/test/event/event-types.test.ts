import { expect, test } from 'vitest'
import { eventType, eventTypes, isEventCategory, isKnownEventType } from '../../src/index.ts'
import type { DetailType } from '../../src/mapping.ts'
import facts from '../fixtures/event-types.json' with { type: 'json' }
import samples from '../fixtures/sample-events.json' with { type: 'json' }

test('the catalogue has exactly the 159 event types of the documented facts', () => {
  expect(facts).toHaveLength(159)
  expect(new Set(eventTypes.keys())).toEqual(new Set(facts.map((fact) => fact.event_type)))
})

test.each(facts.map((fact) => [fact.event_type, fact]))(
  '%s is described like the documented facts',
  (name, fact) => {
    const known = eventType(name)
    expect(known).toMatchObject({
      name,
      category: fact.category,
      resourceType: fact.resource_type ?? undefined,
    })
    expect(known?.description).toMatch(/^[A-Z].{5,}\.$/)
    expect(spelled(known?.details)).toEqual(fact.details)
  },
)

test('samples have the category of the catalogue', () => {
  for (const sample of samples) expect(eventType(sample.event_type)?.category).toBe(sample.event_category)
})

test('names of members of Object.prototype are not event types', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']) {
    expect(eventType(name)).toBeUndefined()
    expect(isKnownEventType(name)).toBe(false)
    expect(isEventCategory(name)).toBe(false)
  }
  expect(isKnownEventType('user_logged_out')).toBe(true)
  expect(isEventCategory('logins')).toBe(true)
})

/** Our types in the spelling of the facts. */
function spelled(details: { readonly [field: string]: DetailType } | undefined) {
  return Object.fromEntries(Object.entries(details ?? {}).map(([field, type]) => [field, spelledType(type)]))
}

function spelledType(type: DetailType): string {
  if (typeof type === 'object') {
    return `object{${Object.entries(type)
      .map((member) => member.join(':'))
      .join(',')}}`
  }
  return type === 'string[]' ? 'array<string>' : type.replaceAll(' ', '')
}
