import type { Identified } from '@asana-audit/core'
import { type ArchiveFormat, archiveFormats, recordFormats } from '../formats/object-form.ts'
import { readKey } from '../layout/object-key.ts'
import type { ArchiveProblem } from './archive-problem.ts'

/** What the objects of one format hold. */
export interface FormatReport {
  readonly format: ArchiveFormat
  readonly objects: number
  readonly events: number
}

export interface SeenEvents {
  /** Objects come in the order of their days. Returns a problem for each event that another object of its format holds, too. */
  add(key: string, events: readonly Identified[]): ArchiveProblem[]
  /** Events, each counted once, whatever formats it is in. A view alone does not count. */
  events(): number
  formats(): FormatReport[]
}

/** An event can only be twice on its own day, so gids of one day are kept at a time. */
export function seenEvents(): SeenEvents {
  const totals = new Map<ArchiveFormat, { objects: number; events: number }>()
  let events = 0
  let today = ''
  /** By format, the gids of today, each with the key of its object. */
  let keys = new Map<ArchiveFormat, Map<string, string>>()

  return {
    add(key, held) {
      const named = readKey(key)
      if (!named) return []
      const { format, isRecord } = named.form
      if (named.day !== today) keys = new Map()
      today = named.day
      const own = keys.get(format) ?? new Map<string, string>()
      keys.set(format, own)
      const { objects, events: before } = totals.get(format) ?? { objects: 0, events: 0 }
      totals.set(format, { objects: objects + 1, events: before + held.length })
      return held.flatMap(({ gid }) => {
        const other = own.get(gid)
        if (isRecord && recordFormats.every((one) => !keys.get(one)?.has(gid))) events += 1
        own.set(gid, key)
        return other === undefined ? [] : [twice(gid, key, other)]
      })
    },
    events: () => events,
    formats: () =>
      archiveFormats.flatMap((format) => {
        const total = totals.get(format)
        return total ? [{ format, ...total }] : []
      }),
  }
}

function twice(gid: string, key: string, other: string): ArchiveProblem {
  const where = key === other ? `twice in ${key}` : `in ${other} and in ${key}`
  const message = `The event ${gid} is ${where}. If two processes write to this archive, stop one of them. Nothing is lost; count the event once.`
  return { code: 'twice', key, gid, message }
}
