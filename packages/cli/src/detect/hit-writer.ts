import type { Hit } from '@asana-audit/detections'
import { toJsonText } from '@asana-audit/schema/lossless'
import { eventRow } from '../query/event-row.ts'
import { table } from '../query/table.ts'
import type { Zone } from '../query/zone.ts'
import { safeJson, safeText } from '../terminal/safe-text.ts'

export interface HitWriterOptions {
  readonly json: boolean
  readonly zone: Zone
  /** Columns of the terminal. Undefined if nothing should be cut. */
  readonly width: number | undefined
  readonly write: (text: string) => void
}

export interface HitWriter {
  hit(hit: Hit): void
  /** Call it once, after the last hit. */
  end(): void
}

/** Writes hits for people or machines. */
export function hitWriter({ json, zone, width, write }: HitWriterOptions): HitWriter {
  if (json) return { hit: (hit) => write(`${safeJson(toJsonText(jsonOf(hit)))}\n`), end: () => {} }
  const rows = table({
    columns: [
      { title: `TIME (${zone.name})`, whole: true },
      { title: 'LEVEL', whole: true },
      { title: 'RULE' },
      { title: 'WHO', below: true },
      { title: 'ON WHAT', below: true },
      { title: 'FROM', below: true },
      { title: 'EVENTS', align: 'right', whole: true },
    ],
    width,
    write: (line) => write(`${line}\n`),
  })
  return {
    hit({ rule, event, correlated }) {
      const { time, who, on, from } = eventRow(event, zone, false)
      const count = String(correlated?.count ?? 1)
      rows.row([time, rule.level, rule.title, who, on, from, count].map((cell) => safeText(cell) || '-'))
    },
    end: () => rows.end(),
  }
}

/** The names are stable, and docs/query.md lists them. */
function jsonOf({ rule, event, correlated, firstSeen }: Hit): Record<string, unknown> {
  const { id, title, level, tags, file } = rule
  return {
    time: event.created_at,
    rule: { id, title, level, tags, file },
    ...(correlated && { correlated }),
    ...(firstSeen && { first_seen: firstSeen }),
    event,
  }
}
