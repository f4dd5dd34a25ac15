import { rawEventTime } from '@asana-audit/schema/lossless'
import type { HourSpan } from '../../ledger-hour.ts'
import type { QuarantineCount, QuarantineEntry, StoredQuarantineEntry } from '../../quarantine-entry.ts'
import { hourOf } from '../ledger.ts'

/** The quarantine of all pipelines, the oldest entry first. */
export interface MemoryQuarantine {
  /** `counted`: those that the ledger counts. */
  add(
    pipeline: string,
    entries: readonly QuarantineEntry[],
    quarantinedAt: string,
    counted: ReadonlySet<QuarantineEntry>,
  ): void
  of(pipeline: string | undefined): readonly StoredQuarantineEntry[]
  /** By pipeline, kind and code; the most frequent of a pipeline first. */
  counts(): QuarantineCount[]
  /** Removes entries by their numbers, and returns those that the ledger counts. */
  take(numbers: readonly number[]): readonly StoredQuarantineEntry[]
  /** Removes all entries of a pipeline. */
  forget(pipeline: string): void
  /** These hours of a pipeline count from zero now. */
  uncount(pipeline: string, span: HourSpan): void
}

export function memoryQuarantine(): MemoryQuarantine {
  let stored: StoredQuarantineEntry[] = []
  let lastNumber = 0
  /** Numbers. */
  const uncounted = new Set<number>()
  return {
    add(pipeline, entries, quarantinedAt, counted) {
      for (const entry of entries) {
        lastNumber += 1
        stored.push({ ...entry, number: lastNumber, pipeline, quarantinedAt })
        if (!counted.has(entry)) uncounted.add(lastNumber)
      }
    },
    uncount(pipeline, { from, until }) {
      for (const entry of stored) {
        const at = rawEventTime(entry.event)
        const isWithin = at !== undefined && hourOf(at) >= from && hourOf(at) < until
        if (entry.pipeline === pipeline && isWithin) uncounted.add(entry.number)
      }
    },
    of: (pipeline) => stored.filter((entry) => pipeline === undefined || entry.pipeline === pipeline),
    counts() {
      const counts = new Map<string, QuarantineCount>()
      for (const { pipeline, kind, code } of stored) {
        const key = JSON.stringify([pipeline, kind, code])
        counts.set(key, { pipeline, kind, code, entries: (counts.get(key)?.entries ?? 0) + 1 })
      }
      return [...counts.values()].sort(
        (a, b) =>
          compare(a.pipeline, b.pipeline) ||
          b.entries - a.entries ||
          compare(a.kind, b.kind) ||
          compare(a.code, b.code),
      )
    },
    take(numbers) {
      const taken = stored.filter(({ number }) => numbers.includes(number))
      stored = stored.filter(({ number }) => !numbers.includes(number))
      return taken.filter(({ number }) => !uncounted.delete(number))
    },
    forget(pipeline) {
      stored = stored.filter((entry) => entry.pipeline !== pipeline)
    },
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
