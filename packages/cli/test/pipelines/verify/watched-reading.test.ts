import { expect, test } from 'vitest'
import type { Reading } from '../../../src/input/reader/reading.ts'
import { watchedReading } from '../../../src/pipelines/verify/watched-reading.ts'

const pageOf = (...times: string[]) => times.map((created_at) => ({ created_at }))

test('the progress of a comparison counts events and says at what time it is', () => {
  const shown: Reading[] = []
  const said: string[] = []
  const watched = watchedReading({
    say: (code, message) => said.push(`${code}: ${message}`),
    watch(reading) {
      shown.push(reading)
      return () => shown.pop()
    },
    clear() {},
  })
  watched.read(pageOf('2026-03-10T12:00:00Z', '2026-03-10T12:05:00Z'))
  watched.read(pageOf('2026-03-10T12:06:00Z'))
  watched.read([])
  expect(shown).toMatchObject([{ events: 3, at: '2026-03-10T12:06:00Z' }])
  const progress = { entries: 3, ofEntries: 3, objects: 1, ofObjects: 2 }
  watched.readObjects(progress)
  expect(shown).toMatchObject([{ archive: progress }])
  watched.tell({ code: 'old_credentials', message: 'The token is old.' })
  expect(said).toEqual(['old_credentials: The token is old.'])
  watched.stop()
  expect(shown).toEqual([])
})
