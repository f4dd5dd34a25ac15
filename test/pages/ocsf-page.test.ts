import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toOcsf } from '../../packages/schema/src/dialects/ocsf.ts'
import samples from '../../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }

test('docs/dialects/ocsf.md shows a sample event and its result of toOcsf', () => {
  const page = readFileSync(new URL('../../docs/dialects/ocsf.md', import.meta.url), 'utf8')
  const [event, whole] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text))
  expect(samples).toContainEqual(event)
  expect(toOcsf(event, { workspace: '12345', observables: true, rawData: false })).toEqual(whole)
})
