import { expect } from 'vitest'
import { listed, most, type Panel } from '../../../scripts/dashboards/panel.ts'
import { countsBy, firstTimes, recordsOf } from './expected.ts'
import type { StoredRecord } from './records.ts'

/** What a panel shows: a number for each group, or for `''` where there are none; or, of a list, the time of each event. */
export type Shown = ReadonlyMap<string, number> | readonly number[]

/** Fails unless a panel shows what a count of the records, one by one, comes to, and that is something. */
export function expectShown(panel: Panel, shown: Shown, records: readonly StoredRecord[]): void {
  const about = recordsOf(panel, records)
  expect(about.length, panel.title).toBeGreaterThan(0)
  switch (panel.kind) {
    case 'stat':
      expect(shown, panel.title).toEqual(new Map([['', about.length]]))
      break
    case 'time':
      expect(sorted(shown), panel.title).toEqual(sorted(countsBy(panel.by, about)))
      break
    case 'top':
      expectMost(panel.title, shown, countsBy(panel.by, about))
      break
    case 'newest':
      expectMost(panel.title, shown, firstTimes(panel.by, about))
      break
    case 'list':
      expect([...shown], panel.title).toEqual(descending(about.map(({ time }) => time)).slice(0, listed))
      break
    case 'delay':
      throw new Error('The delay depends on when a record was read.')
  }
}

/** Of equal numbers any may be left out. */
function expectMost(title: string, shown: Shown, all: ReadonlyMap<string, number>): void {
  if (!(shown instanceof Map)) throw new TypeError('no groups')
  expect(descending([...shown.values()]), title).toEqual(descending([...all.values()]).slice(0, most))
  for (const [group, number] of shown) expect([group, all.get(group)], title).toEqual([group, number])
}

function sorted(shown: Shown): unknown {
  return shown instanceof Map ? [...shown].sort(([a], [b]) => (a < b ? -1 : 1)) : shown
}

function descending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => b - a)
}
