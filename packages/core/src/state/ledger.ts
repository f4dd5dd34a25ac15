import { hourMs } from '../duration.ts'
import type { LedgerContent, LedgerHour, LedgerKind } from '../ledger-hour.ts'
import { addContent } from './content-hash.ts'
import { addHash, type HashSum, hashSum, idHash } from './id-hash.ts'

/** Start of the UTC hour a time (milliseconds since 1970) lies in. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs
}

/** A count and sums of hashes that can be added to. */
export type LedgerTotal = Pick<LedgerHour, 'count' | 'checksum' | 'content'>

export const emptyTotal: LedgerTotal = { count: 0, checksum: 0n }

export function addTotals(one: LedgerTotal, other: LedgerTotal): LedgerTotal {
  return {
    count: one.count + other.count,
    checksum: addHash(one.checksum, other.checksum),
    content: addContents(one, other),
  }
}

/** Contents that are not recorded, or are of another form, cannot be added: then nothing is known of the sum. */
function addContents(one: LedgerTotal, other: LedgerTotal): LedgerContent | undefined {
  if (one.count === 0) return other.content
  if (other.count === 0) return one.content
  if (!one.content || !other.content || one.content.form !== other.content.form) return undefined
  return { sum: addContent(one.content.sum, other.content.sum), form: one.content.form }
}

export function totalOf(id: string): LedgerTotal {
  return { count: 1, checksum: addHash(0n, idHash(id)) }
}

interface Sum {
  count: number
  readonly hashes: HashSum
  /** Undefined if the content of one of the events is not known. */
  content: number | undefined
}

/** Adds up ids, and what events hold, by hour and kind. `contentForm`: see `Commit`. */
export function ledgerDelta(contentForm?: string): {
  /** `content`: the hash of what the event holds. */
  add(at: number, kind: LedgerKind, id: string, content?: number): void
  hours(): LedgerHour[]
} {
  const delta = new Map<LedgerKind, Map<number, Sum>>()
  const contentOf = (sum: number | undefined): LedgerContent | undefined =>
    sum === undefined || contentForm === undefined ? undefined : { sum, form: contentForm }
  return {
    add(at, kind, id, content) {
      const hours = entryOf(delta, kind, () => new Map<number, Sum>())
      const sum = entryOf(hours, hourOf(at), () => ({ count: 0, hashes: hashSum(), content: 0 }))
      sum.count += 1
      sum.hashes.add(id)
      sum.content =
        sum.content === undefined || content === undefined ? undefined : addContent(sum.content, content)
    },
    hours: () =>
      [...delta].flatMap(([kind, hours]) =>
        [...hours].map(([hour, { count, hashes, content }]) => ({
          ...{ hour, kind, count, checksum: hashes.total(), content: contentOf(content) },
        })),
      ),
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const existing = map.get(key)
  if (existing !== undefined) return existing
  const made = make()
  map.set(key, made)
  return made
}
