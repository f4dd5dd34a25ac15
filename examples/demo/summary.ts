import { statSync } from 'node:fs'
import { eventTypes } from '@asana-audit/schema'
import type { Arrived } from './read-arrived.ts'

const barWidth = 40

/** What arrived, for a person. */
export function summary(arrived: readonly Arrived[], path: string): string {
  const events = arrived.map(({ event }) => event)
  const newest = arrived.reduce((latest, one) =>
    Date.parse(one.event.created_at) > Date.parse(latest.event.created_at) ? one : latest,
  )
  const types = new Set(events.map(({ event_type }) => event_type)).size
  const actors = events.map(({ actor }) => actor.email ?? actor.name ?? actor.actor_type ?? 'nobody')
  return [
    '',
    'Events by category',
    ...bars(tally(events.map(({ event_category }) => event_category ?? 'none'))),
    '',
    'Top actors',
    ...bars(tally(actors).slice(0, 8)),
    '',
    `Newest event   ${newest.event.created_at}  ${newest.record.body.stringValue}`,
    `Arrived        ${events.length.toLocaleString('en')} events of ${types} types; the catalogue knows ${eventTypes.size}`,
    `Written to     ${path} (${(statSync(path).size / 1_048_576).toFixed(1)} MiB of OTLP JSON lines, for the otlp_json_file receiver)`,
    '',
    'The newest record, as OpenTelemetry sees it',
    `  EventName       ${newest.record.eventName}`,
    `  Timestamp       ${newest.record.timeUnixNano}`,
    `  SeverityNumber  ${newest.record.severityNumber}`,
    `  Body            ${newest.record.body.stringValue}`,
    ...Object.entries(newest.attributes).map(
      ([name, value]) => `  ${name.padEnd(43)} ${JSON.stringify(value)}`,
    ),
    '',
    '',
  ].join('\n')
}

/** Most frequent first. */
function tally(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function bars(counts: readonly [name: string, count: number][]): string[] {
  const most = counts[0]?.[1] ?? 1
  const width = Math.max(...counts.map(([name]) => name.length))
  return counts.map(([name, count]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * barWidth)))
    return `  ${name.padEnd(width)}  ${String(count).padStart(5)}  ${bar}`
  })
}
