import * as z from 'zod'
import type { CorrelationRule } from '../rule.ts'
import type { Correlator } from './correlator.ts'
import type { KeptGroup } from './occurrence.ts'

const entry = z.tuple([z.number(), z.string(), z.number(), z.string().nullable()])
const group = z.tuple([z.string(), z.number().nullable(), z.array(entry).min(1)])
const kept = z.record(z.string(), z.array(group))

/** The windows as a text, by what decides the meaning of a window: those of a changed rule are not taken up again. */
export function windowsText(correlators: ReadonlyMap<CorrelationRule, Correlator>): string {
  const all = [...correlators].flatMap(([rule, correlator]) => {
    const groups = correlator.kept()
    if (groups.length === 0) return []
    const written = groups.map(({ key, lastHeld, entries }) => [
      key,
      lastHeld ?? null,
      entries.map(({ at, gid, part, value }) => [at, gid, part, value ?? null]),
    ])
    return [[meaning(rule), written]]
  })
  return JSON.stringify(Object.fromEntries(all))
}

/** Reads what `windowsText` made. Throws a TypeError for anything else. */
export function readWindows(text: string): (rule: CorrelationRule) => readonly KeptGroup[] {
  const read = parsed(text)
  return (rule) =>
    (read.get(meaning(rule)) ?? []).map(([key, lastHeld, entries]) => ({
      key,
      lastHeld: lastHeld ?? undefined,
      entries: entries.map(([at, gid, part, value]) => ({ at, gid, part, value: value ?? undefined })),
    }))
}

function parsed(text: string): ReadonlyMap<string, readonly z.output<typeof group>[]> {
  try {
    return new Map(Object.entries(kept.parse(JSON.parse(text))))
  } catch (cause) {
    const message = 'The option windows of createDetector must be what windows() of a detector returned.'
    throw new TypeError(message, { cause })
  }
}

function meaning({ id, type, parts, groupBy, field, timespanMs }: CorrelationRule): string {
  return JSON.stringify([id, type, parts.map((part) => part.id), groupBy, field, timespanMs])
}
