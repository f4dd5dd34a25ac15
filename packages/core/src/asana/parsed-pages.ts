import { raceAbort } from '../abort/race-abort.ts'
import type { Clock } from '../clock.ts'
import type { RawPage } from './audit-log-page.ts'

type Body = RawPage['body']

interface Parse {
  readonly value: unknown
  /** Readers that were given the page and have not asked for this yet. */
  readonly missing: Set<object>
}

/**
 * Parsed pages for those readers that have not had them yet. They take several times the memory of their bytes, so few are kept: the
 * reader in front waits for the others while they follow closely.
 */
export interface ParsedPages {
  has(body: Body): boolean
  /** Waits until one more page may be kept for readers that are close; a second at most. Rejects with `signal.reason` once aborted. */
  room(body: Body, reader: object, signal: AbortSignal | undefined): Promise<void>
  /** `givenTo`: all readers that were given this page. */
  value<T>(body: Body, reader: object, givenTo: ReadonlySet<object>, parse: () => T): T
}

/** Bytes of the pages whose parsed form is kept. */
const mostBytes = 4 * 2 ** 20
const patienceMs = 1_000

export function parsedPages(clock: Clock): ParsedPages {
  const kept = new Map<Body, Parse>()
  /** They were waited for in vain. */
  const slow = new WeakSet<object>()
  const waiting = new Set<() => void>()

  /** Bytes that are kept for somebody who is close. */
  function awaited(reader: object): number {
    let bytes = 0
    for (const [body, { missing }] of kept) {
      if ([...missing].some((one) => one !== reader && !slow.has(one))) bytes += body.length
    }
    return bytes
  }

  function wakeAll(): void {
    for (const wake of waiting) wake()
    waiting.clear()
  }

  function forgetOldest(): void {
    let bytes = 0
    for (const body of [...kept.keys()].reverse()) {
      bytes += body.length
      if (bytes > mostBytes && bytes > body.length) kept.delete(body)
    }
  }

  return {
    has: (body) => kept.has(body),
    async room(body, reader, signal) {
      const isFull = (): boolean => {
        const bytes = awaited(reader)
        return bytes > 0 && bytes + body.length > mostBytes
      }
      if (!isFull()) return
      const over = new AbortController()
      let isTimeUp = false
      clock.sleep(patienceMs, over.signal).then(
        () => {
          isTimeUp = true
          wakeAll()
        },
        () => {}, // There was room in time.
      )
      try {
        while (!isTimeUp && isFull()) {
          const woken = new Promise<void>((resolve) => waiting.add(resolve))
          await (signal ? raceAbort(woken, signal) : woken)
        }
      } finally {
        over.abort()
      }
      if (!isTimeUp) return
      for (const { missing } of kept.values()) for (const one of missing) if (one !== reader) slow.add(one)
    },
    value<T>(body: Body, reader: object, givenTo: ReadonlySet<object>, parse: () => T): T {
      const there = kept.get(body)
      if (!there) {
        const value = parse()
        const missing = new Set(givenTo)
        missing.delete(reader)
        if (missing.size > 0) kept.set(body, { value, missing })
        forgetOldest()
        return value
      }
      there.missing.delete(reader)
      slow.delete(reader)
      if (there.missing.size === 0) kept.delete(body)
      wakeAll()
      return there.value as T
    },
  }
}
