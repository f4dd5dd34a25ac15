import type { Case, Leg } from '../case.ts'
import { floorRow, identity, row, type Scale, zippedFloor } from './row.ts'

const readers = [
  { name: 'ours, one operation', variant: 'fetch-ours-page', kind: 'ours' },
  { name: 'ours, the source', variant: 'fetch-ours', kind: 'ours' },
  { name: 'asana SDK', variant: 'fetch-asana-sdk', kind: 'peer' },
  { name: 'plain fetch', variant: 'fetch-plain', kind: 'peer' },
] as const

/** Only reading, page after page. */
export function fetchLeg(scale: Scale): Leg {
  const few = { ...scale, rounds: Math.min(3, scale.rounds) }
  const cases: Case[] = [floorRow(few, 'none'), floorRow(few, 'gzip')]
  const add = (suffix: string, more: Partial<Case>): void => {
    for (const reader of readers)
      cases.push(row(few, { floor: zippedFloor, ...reader, ...more, name: `${reader.name}${suffix}` }))
  }
  // A page is read so fast that 80,000 events take half a second, in which V8 still compiles.
  const long = scale.quick ? {} : { events: 5 * scale.events, warmUp: 100_000 }
  add(', gzip', long)
  if (!scale.quick) add(', identity', { ...long, asana: identity, floor: 'floor' })
  add(', 100 a page', { options: { limit: 100 }, events: scale.events / 5, warmUp: 5_000 })
  for (const latencyMs of scale.quick ? [] : [50, 200]) {
    add(`, ${latencyMs} ms`, { asana: { latencyMs }, events: 4_000_000 / latencyMs, rounds: 2 })
  }
  const quota = { requestsPerMinute: 1_500 }
  add(', quota', { options: quota, asana: quota, events: scale.quick ? 70_000 : 150_000, rounds: 1 })
  return {
    name: 'fetch',
    title: 'Fetch',
    about:
      'From the first request to the last event, read and thrown away. "One operation" is `getAuditLogEvents` in a loop, which does what the others do; "the source" is `asanaSource`, which also checks each event and applies the field policy. 1,000 events a page and gzip where nothing else is said. With a quota, 1,500 requests a minute are let in evenly, and ours is told so; the SDK and the loop do not wait when they are refused.',
    cases,
  }
}
