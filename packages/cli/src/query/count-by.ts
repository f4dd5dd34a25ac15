import type { AuditLogEvent } from '@asana-audit/schema'
import { counter } from './counter.ts'
import type { EventField } from './event-field.ts'

export interface Count {
  /** One for each field. Undefined if the events do not have the field. */
  readonly values: readonly (string | undefined)[]
  readonly count: number
}

export interface Counts {
  /** The most frequent first. In order of time if the first field is a time and all are shown. */
  readonly counts: readonly Count[]
  readonly total: number
  /** Events with other values than those in `counts`, and how many such values there were. */
  readonly others: { readonly events: number; readonly values: number | undefined }
  /** Names of fields that no event had. */
  readonly absent: readonly string[]
}

/** Counts events by the values of fields, in bounded memory (see `counter`). */
export async function countBy(
  events: AsyncIterable<AuditLogEvent>,
  fields: readonly EventField[],
  top: number | undefined,
): Promise<Counts> {
  const counted = counter()
  const seen = new Set<string>()
  for await (const event of events) {
    const values = fields.map(({ name, read }) => {
      const value = read(event)
      if (value !== undefined) seen.add(name)
      return value ?? null
    })
    counted.add(JSON.stringify(values))
  }
  const all = counted.sorted().map(([key, count]): Count => {
    const values = JSON.parse(key) as (string | null)[]
    return { values: values.map((value) => value ?? undefined), count }
  })
  const counts = all.slice(0, top)
  if (top === undefined && fields[0]?.chronological) counts.sort(byFirstValue)
  const shown = counts.reduce((sum, { count }) => sum + count, 0)
  return {
    counts,
    total: counted.total,
    others: {
      events: counted.total - shown,
      values: counted.others > 0 ? undefined : all.length - counts.length,
    },
    absent: counted.total > 0 ? fields.map(({ name }) => name).filter((name) => !seen.has(name)) : [],
  }
}

/** The sort is stable, so the most frequent stay first within one time. */
function byFirstValue({ values: [a = ''] }: Count, { values: [b = ''] }: Count): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
