import type { Leg } from '../case.ts'
import { floorRow, row, type Scale } from './row.ts'

/** A long log through each pipeline. */
export function memoryLeg(scale: Scale): Leg {
  const events = scale.quick ? 150_000 : 1_000_000
  const long = {
    events,
    rounds: 1,
    heapAt: [events / 10, events * 0.9],
    flags: ['--expose-gc'],
    timeoutMs: 300_000,
  }
  const ours = { variant: 'whole-ours', kind: 'ours' } as const
  const stock = { variant: 'whole-stock', kind: 'peer', options: { protocol: 'json', flush: true } } as const
  const smallHeap = ['--max-semi-space-size=8', '--max-old-space-size=64']
  return {
    name: 'memory',
    title: 'Memory',
    about: `${events.toLocaleString('en')} events through the whole of it: live heap after a forced collection at a tenth and near the end, and the most resident memory. Events of 2 kB are ${(events / 5).toLocaleString('en')}.`,
    cases: [
      floorRow(scale, 'gzip', { ...long, name: 'floor' }),
      row(scale, { name: 'ours', ...ours, ...long }),
      row(scale, { name: 'ours, backfill in 8 windows', ...ours, ...long, options: { windows: 8 } }),
      row(scale, { name: 'asana SDK, stock SDK, JSON, a flush a page', ...stock, ...long }),
      row(scale, { name: 'ours, small heap', ...ours, ...long, flags: ['--expose-gc', ...smallHeap] }),
      row(scale, {
        ...ours,
        ...long,
        name: 'ours, events of 2 kB, 96 MB of old space',
        events: events / 5,
        heapAt: [],
        asana: { eventBytes: 2048 },
        flags: ['--max-old-space-size=96'],
      }),
    ],
  }
}
