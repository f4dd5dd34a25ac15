import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventTypes } from '../../packages/schema/src/index.ts'
import { eventTypesPage, pageUrl } from '../../scripts/generate/event-types.ts'

test('docs/event-types.md is what pnpm generate:event-types writes', () => {
  expect(readFileSync(pageUrl, 'utf8')).toBe(eventTypesPage())
})

test('docs/event-types.md has a row for every event type', () => {
  const page = eventTypesPage()
  for (const { name, description } of eventTypes.values()) {
    expect(
      page.split('\n').filter((line) => line.includes(`\`${name}\``) && line.includes(description)),
    ).toHaveLength(1)
  }
})
