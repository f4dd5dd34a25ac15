import { type AuditLogEvent, keepAll, toLogRecord } from '@asana-audit/schema'
import { millisAt, toJsonText } from '@asana-audit/schema/lossless'
import { safeJson, safeText } from '../terminal/safe-text.ts'
import type { Relation } from './around.ts'
import { csvRecord } from './csv.ts'
import { eventRow } from './event-row.ts'
import { table } from './table.ts'
import { clockTime, utc, type Zone } from './zone.ts'

export const outputForms = ['table', 'jsonl', 'csv'] as const
export type OutputForm = (typeof outputForms)[number]

export interface EventWriterOptions {
  readonly form: OutputForm
  readonly zone: Zone
  /** Columns of the terminal. Undefined if nothing should be cut. */
  readonly width: number | undefined
  /** Whether events come with their relation to one in the middle. */
  readonly related: boolean
  /** An event as a line of `jsonl`. */
  readonly toLine: (event: AuditLogEvent) => string
  readonly write: (text: string) => void
}

export interface EventWriter {
  event(event: AuditLogEvent, relation?: Relation): void
  /** Call it once, after the last event. */
  end(): void
}

/** Writes events for people or machines. */
export function eventWriter(options: EventWriterOptions): EventWriter {
  switch (options.form) {
    case 'table':
      return tableWriter(options)
    case 'csv':
      return csvWriter(options)
    case 'jsonl':
      return { event: (event) => options.write(`${safeJson(options.toLine(event))}\n`), end: () => {} }
  }
}

/** Says which column a narrow terminal leaves out, and how to see it. Undefined if all are shown. */
export function leftOut({ form, width }: Pick<EventWriterOptions, 'form' | 'width'>): string | undefined {
  if (form !== 'table' || hasOrigin(width)) return undefined
  return `The column FROM needs ${widthForOrigin} columns and this terminal has ${width}, so it is not shown. Widen the terminal, or give --output csv.`
}

function hasOrigin(width: number | undefined): boolean {
  return width === undefined || width >= widthForOrigin
}

/** The columns a terminal needs to show where an event came from, beside the gid, which `--around` needs, and the kinds of resource and origin. */
const widthForOrigin = 76
const widthForKinds = 140

function tableWriter({ zone, width, related, write }: EventWriterOptions): EventWriter {
  const withOrigin = hasOrigin(width)
  const withKinds = width === undefined || width >= widthForKinds
  const rows = table({
    columns: [
      { title: `TIME (${zone.name})`, whole: true },
      ...(related ? [{ title: 'SAME', whole: true }] : []),
      { title: 'WHO' },
      { title: 'WHAT' },
      { title: 'ON WHAT', below: true },
      ...(withOrigin ? [{ title: 'FROM', below: true }] : []),
      { title: 'GID', whole: true, below: true },
    ],
    width,
    write: (line) => write(`${line}\n`),
  })
  return {
    event(event, relation) {
      const { time, who, what, on, from, gid } = eventRow(event, zone, withKinds)
      const same = relation === 'the event' ? '▶ this event' : (relation ?? '')
      const cells = [time, ...(related ? [same] : []), who, what, on, ...(withOrigin ? [from] : []), gid]
      rows.row(cells.map((cell) => safeText(cell) || '-'))
    },
    end: () => rows.end(),
  }
}

/** The columns that each show one field of the event. */
const csvFields = {
  created_at: ({ created_at }) => created_at,
  gid: ({ gid }) => gid,
  event_type: ({ event_type }) => event_type,
  event_category: ({ event_category }) => event_category,
  actor_type: ({ actor }) => actor.actor_type,
  actor_name: ({ actor }) => actor.name,
  actor_email: ({ actor }) => actor.email,
  actor_gid: ({ actor }) => actor.gid,
  resource_type: ({ resource }) => resource?.resource_type,
  resource_name: ({ resource }) => resource?.name,
  resource_email: ({ resource }) => resource?.email,
  resource_gid: ({ resource }) => resource?.gid,
  client_ip_address: ({ context }) => context?.client_ip_address,
  context_type: ({ context }) => context?.context_type,
  user_agent: ({ context }) => context?.user_agent,
  details: ({ details }) => details,
} satisfies Record<string, (event: AuditLogEvent) => unknown>

function csvWriter({ zone, related, write }: EventWriterOptions): EventWriter {
  const local = zone !== utc
  const header = [...(local ? ['local_time'] : []), ...Object.keys(csvFields), 'description']
  write(csvRecord(related ? [...header, 'same'] : header))
  return {
    event(event, relation) {
      const cells = [
        ...(local ? [clockTime(millisAt(event.created_at), zone)] : []),
        ...Object.values(csvFields).map((read) => asText(read(event))),
        toLogRecord(event, { fieldPolicy: keepAll }).body,
      ]
      write(csvRecord(related ? [...cells, relation] : cells))
    },
    end: () => {},
  }
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? toJsonText(value) : String(value)
}
