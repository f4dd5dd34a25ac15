import { expect, test } from 'vitest'
import { history } from './support/history.ts'

// HISTORY_SEED=n for one history, HISTORIES=n for more of them.
const { HISTORY_SEED: only, HISTORIES: count = '40' } = process.env
const seeds =
  only === undefined ? Array.from({ length: Number(count) }, (_, index) => index + 1) : [Number(only)]

const whatHappens = [
  ...['fails', 'throws', 'hangs', 'late', 'calls back twice', 'dropped by a processor'],
  ...['records of the host', 'a full queue', "the host's own flush", 'shut down', 'provider_disabled'],
]

test.each(['tracked', 'best effort'] as const)(
  '%s: nothing is lost but what the README says, in many histories',
  { timeout: 300_000 + seeds.length * 10_000 },
  async (mode) => {
    const all = new Set<string>()
    let lost = 0
    for (const seed of seeds) {
      const past = await history(seed, mode)
      expect(past.violations, `HISTORY_SEED=${seed}`).toEqual([])
      for (const what of past.seen) all.add(what)
      lost += past.lost
    }
    if (only !== undefined) return
    // Histories without faults would prove nothing.
    const wanted = mode === 'tracked' ? [...whatHappens, 'rejects'] : whatHappens
    expect(wanted.filter((what) => !all.has(what))).toEqual([])
    if (mode === 'tracked') expect(lost).toBe(0)
    else expect(lost).toBeGreaterThan(0)
  },
)
