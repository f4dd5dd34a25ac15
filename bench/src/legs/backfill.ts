import type { Case, Leg } from '../case.ts'
import { floorRow, row, type Scale, unlessQuick } from './row.ts'

const far = { latencyMs: 200 }
const quota = { requestsPerMinute: 1_500 }

/** A long log with latency: page after page, and in several windows at once. */
export function backfillLeg(scale: Scale): Leg {
  const once = { ...scale, rounds: scale.quick ? 1 : 2 }
  const million = scale.quick ? 100_000 : 1_000_000
  const pages = scale.quick ? 10 : 60
  const sequential = (name: string, kind: Case['kind'], variant: string): Case =>
    row(once, { name, kind, variant, events: pages * 1000, asana: far })
  const windowed = (windows: number, suffix: string, more: Partial<Case> = {}): Case =>
    row(once, {
      name: `ours, ${windows} windows${suffix}`,
      kind: 'ours',
      variant: 'fetch-windows',
      events: million,
      // One long round needs no median.
      rounds: 1,
      ...more,
      options: { windows, ...more.options },
      asana: { ...far, ...more.asana },
      timeoutMs: 300_000,
    })
  const atQuota = { options: quota, asana: quota }
  const skewed = { asana: { density: 'skewed' } } as const
  return {
    name: 'backfill',
    title: 'Backfill from 200 ms away',
    about: `${million.toLocaleString('en')} events of 89 days in several windows at once, given out in order, without a destination. What is read page after page has the same rate however long it is, so it is measured on ${pages} pages; it never comes near the quota. "Skewed" is office hours of one time zone.`,
    cases: [
      floorRow(once, 'gzip', { name: 'floor', events: pages * 1000, asana: far }),
      sequential('asana SDK', 'peer', 'fetch-asana-sdk'),
      sequential('plain fetch', 'peer', 'fetch-plain'),
      sequential('ours, page after page', 'ours', 'fetch-ours'),
      ...unlessQuick(scale, [windowed(4, '', { events: million / 4 })]),
      windowed(8, ''),
      windowed(16, ''),
      ...unlessQuick(scale, [windowed(32, '', { events: million / 2 })]),
      windowed(8, ', skewed', skewed),
      windowed(8, ', quota', atQuota),
      ...unlessQuick(scale, [
        windowed(8, ', skewed, quota', { options: quota, asana: { ...quota, density: 'skewed' } }),
      ]),
    ],
  }
}
