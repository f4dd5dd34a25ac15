import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { eventWriter } from '../../src/query/event-writer.ts'
import { utc } from '../../src/query/zone.ts'

test.each([60, 75, 76, 140])('a terminal of %i columns shows the whole gid of each event', (width) => {
  const events = generateEvents({ count: 20, from: 0, until: 86_400_000 })
  const written: string[] = []
  const write = (text: string): void => {
    written.push(text)
  }
  const toLine = (event: object) => JSON.stringify(event)
  const writer = eventWriter({ form: 'table', zone: utc, width, related: false, toLine, write })
  for (const event of events) writer.event(event)
  writer.end()
  const shown = written.join('')
  for (const { gid } of events) expect(shown).toContain(gid)
  for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
})
