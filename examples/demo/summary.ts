import { statSync } from 'node:fs'
import { eventTypes } from '@asana-audit/schema'
import type { Arrived } from './read-arrived.ts'

/** What arrived, for a person, on lines of at most `width` columns. `path`: where it was written. */
export function summary(arrived: readonly Arrived[], path: string, width: number): string {
  const events = arrived.map(({ event }) => event)
  const newest = arrived.reduce((latest, one) =>
    Date.parse(one.event.created_at) > Date.parse(latest.event.created_at) ? one : latest,
  )
  const types = new Set(events.map(({ event_type }) => event_type)).size
  const actors = events.map(({ actor }) => actor.email ?? actor.name ?? actor.actor_type ?? 'nobody')
  const size = `${(statSync(path).size / 1_048_576).toFixed(1)} MiB`
  const fitted = (name: string, text: string): string => broken(name, text, width)
  return [
    '',
    'Events by category',
    ...bars(tally(events.map(({ event_category }) => event_category ?? 'none')), width),
    '',
    'Top actors',
    ...bars(tally(actors).slice(0, 8), width),
    '',
    fitted('Newest event   ', `${newest.event.created_at}  ${newest.record.body.stringValue}`),
    fitted(
      'Arrived        ',
      `${events.length.toLocaleString('en')} events of ${types} types; the catalogue knows ${eventTypes.size}`,
    ),
    fitted('Written to     ', `${path} (${size} of OTLP JSON lines, for the otlp_json_file receiver)`),
    '',
    'The newest record, as OpenTelemetry sees it',
    fitted('  EventName       ', newest.record.eventName),
    fitted('  Timestamp       ', newest.record.timeUnixNano),
    fitted('  SeverityNumber  ', String(newest.record.severityNumber)),
    fitted('  Body            ', newest.record.body.stringValue),
    ...Object.entries(newest.attributes).map(([name, value]) =>
      fitted(`  ${name.padEnd(43)} `, JSON.stringify(value)),
    ),
    '',
    '',
  ].join('\n')
}

/** A name and a text beside it, broken between words to fit. A word that is too long goes below the name, whole, so that it can be copied. */
function broken(name: string, text: string, width: number): string {
  const lines: string[] = []
  let line = name
  for (const [index, word] of text.split(' ').entries()) {
    const longer = `${line}${index === 0 ? '' : ' '}${word}`
    if (longer.length > width) {
      lines.push(line.trimEnd())
      line = ' '.repeat(Math.min(name.length, Math.max(4, width - word.length))) + word
    } else line = longer
  }
  return [...lines, line].join('\n')
}

/** Most frequent first. */
function tally(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function bars(counts: readonly [name: string, count: number][], width: number): string[] {
  const most = counts[0]?.[1] ?? 1
  const longest = Math.max(...counts.map(([name]) => name.length))
  // Two blanks before the name and after it, five columns for the number, two blanks.
  const room = Math.max(1, width - longest - 11)
  return counts.map(([name, count]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * room)))
    return `  ${name.padEnd(longest)}  ${String(count).padStart(5)}  ${bar}`
  })
}
