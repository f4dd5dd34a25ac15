import { expect, test } from 'vitest'
import { cachedPages } from '../../src/listen/cached-pages.ts'

/** How many pages were made, with a clock that stands still: what is kept stays as long as there is room. */
function counted(): { made: number; ask(name: string): Promise<unknown> } {
  const time = '2026-03-04T12:00:00.000Z'
  const page = cachedPages({
    async status() {
      count.made += 1
      return { version: '1.0.0', at: time, startedAt: time, phase: 'running', pipelines: [] }
    },
    hours: async () => new Map(),
    statePath: () => 'state.db',
    now: () => 0,
  })
  const count = { made: 0, ask: (name: string) => page({ name, page: 1 }) }
  return count
}

test('many different searches do not make a page anew that somebody looks at all the time', async () => {
  const looked = counted()
  await looked.ask('')
  for (let search = 0; search < 100; search += 1) {
    await looked.ask(`search ${search}`)
    await looked.ask('')
  }
  expect(looked.made).toBe(101)
})

test('of more than 32 different pages, only the one that nobody has asked for the longest is made anew', async () => {
  const looked = counted()
  for (let search = 0; search <= 32; search += 1) await looked.ask(`search ${search}`)
  for (let search = 32; search >= 1; search -= 1) await looked.ask(`search ${search}`)
  expect(looked.made).toBe(33)
  await looked.ask('search 0')
  expect(looked.made).toBe(34)
})
