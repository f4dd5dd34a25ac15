import { expect, test } from 'vitest'
import { history, reproduction } from './support/history.ts'

const one = process.env['HISTORY_SEED']
const count = Number(process.env['HISTORIES'] ?? 50)
const seeds = one === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(one)]

test('x', async () => {
  const started = Date.now()
  let bad = 0
  const seen = new Map<string, number>()
  let deaths = 0
  for (const seed of seeds) {
    const t = Date.now()
    const h = await history(seed)
    for (const s of h.seen) seen.set(s, (seen.get(s) ?? 0) + 1)
    deaths += h.deaths
    if (Date.now() - t > 1500) console.log('slow', seed, Date.now() - t)
    if (h.violations.length) {
      bad += 1
      console.log(reproduction(seed), h.violations.slice(0, 4))
    }
  }
  console.log('bad', bad, 'of', seeds.length, 'ms each', (Date.now() - started) / seeds.length, deaths, [...seen].sort().join('; '))
  expect(bad).toBe(0)
}, 300_000)
