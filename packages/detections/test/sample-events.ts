import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditLogEvent } from '@asana-audit/schema'
import { parse } from 'yaml'

/** One line of a sample: fields by their path, how many events, and when. */
interface SampleLine {
  readonly event_type: string
  /** Time since the end of the line before. */
  readonly after?: string
  readonly repeat?: number
  /** Time between two events, or from the first to the last. */
  readonly every?: string
  readonly over?: string
  /** Paths to remove. */
  readonly without?: readonly string[]
  readonly [path: string]: unknown
}

export interface Samples {
  /** Samples by a sentence about each. Each gives exactly one hit. */
  readonly fires: Readonly<Record<string, readonly SampleLine[]>>
  readonly quiet: Readonly<Record<string, readonly SampleLine[]>>
}

export const samplesFolder: string = join(import.meta.dirname, '../samples')

export function readSamples(rule: string): Samples {
  return parse(readFileSync(join(samplesFolder, rule), 'utf8'))
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }

/** A duration such as `10m1ms` in milliseconds. */
function millis(text: string | undefined): number {
  const parts = [...(text ?? '').matchAll(/(\d+)(ms|[smhd])/g)]
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? Number.NaN), 0)
}

/** Ada does something to the workspace in a browser, unless the sample says otherwise. */
export function sampleEvents(lines: readonly SampleLine[]): AuditLogEvent[] {
  let at = Date.parse('2026-11-02T09:00:00.000Z')
  const events: AuditLogEvent[] = []
  for (const { after, repeat = 1, every, over, without = [], ...fields } of lines) {
    const start = at + millis(after)
    const length = over === undefined ? millis(every) * (repeat - 1) : millis(over)
    for (let index = 0; index < repeat; index++) {
      const event = {
        gid: String(1_209_000_000_000_000 + events.length),
        created_at: new Date(
          start + (repeat === 1 ? 0 : Math.round((length * index) / (repeat - 1))),
        ).toISOString(),
        event_type: fields.event_type,
        actor: { actor_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
        resource: { resource_type: 'workspace', gid: '1234567890123456', name: 'Northwind Cooperative' },
        details: {},
        context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Mozilla/5.0' },
      }
      for (const [path, value] of Object.entries(fields)) put(event, path, filled(value, index))
      for (const path of without) put(event, path, undefined)
      events.push(JSON.parse(JSON.stringify(event)))
    }
    at = start + (repeat === 1 ? 0 : length)
  }
  return events
}

/** `#` stands for the number of the repetition, from 1. */
function filled(value: unknown, index: number): unknown {
  return typeof value === 'string' ? value.replaceAll('#', String(index + 1)) : value
}

function put(event: object, path: string, value: unknown): void {
  const [first = '', second] = path.split('.')
  if (second === undefined) Object.assign(event, { [first]: value })
  else Object.assign(Reflect.get(event, first), { [second]: value })
}
