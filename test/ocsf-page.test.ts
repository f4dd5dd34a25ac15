import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toOcsf } from '../packages/schema/src/dialects/ocsf.ts'
import samples from '../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }

test('the event in docs/dialects/ocsf.md is a sample, and its OCSF what the view makes of it', () => {
  const page = readFileSync(new URL('../docs/dialects/ocsf.md', import.meta.url), 'utf8')
  const [event, whole] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text))
  expect(samples).toContainEqual(event)
  expect(toOcsf(event, { workspace: '12345', observables: true, rawData: false })).toEqual(whole)
})
