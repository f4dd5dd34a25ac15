import { raceAbort } from '../abort/race-abort.ts'
import type { Clock } from '../clock.ts'

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
  has(page: object): boolean
  /** Waits until one more page may be kept for readers that are close; a second at most. Rejects with `signal.reason` once aborted. */
  room(reader: object, signal: AbortSignal | undefined): Promise<void>
  /** `givenTo`: all readers that were given this page. The value is frozen: what one reader changes in it, all others would get. */
  value<T>(page: object, reader: object, givenTo: ReadonlySet<object>, parse: () => T): T
}

/** A page has a thousand events at most: some 3 MB when it is parsed. */
const mostPages = 7
const patienceMs = 1_000
/** Without a reason, each abort makes an error with a stack. */
const waitIsOver = 'The wait is over.'

export function parsedPages(clock: Clock): ParsedPages {
  const kept = new Map<object, Parse>()
  /** Readers that did not come although the others waited for them. */
  const slow = new WeakSet<object>()
  const waiting = new Set<() => void>()

  /** How many pages are kept for other readers that follow closely. */
  function awaited(reader: object): number {
    let pages = 0
    for (const { missing } of kept.values()) {
      if ([...missing].some((one) => one !== reader && !slow.has(one))) pages += 1
    }
    return pages
  }

  function wakeAll(): void {
    for (const wake of waiting) wake()
    waiting.clear()
  }

  function forgetOldest(): void {
    for (const page of kept.keys()) {
      if (kept.size <= mostPages) return
      kept.delete(page)
    }
  }

  return {
    has: (page) => kept.has(page),
    async room(reader, signal) {
      const isFull = (): boolean => awaited(reader) >= mostPages
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
        over.abort(waitIsOver)
      }
      if (!isTimeUp) return
      for (const { missing } of kept.values()) for (const one of missing) if (one !== reader) slow.add(one)
    },
    value<T>(page: object, reader: object, givenTo: ReadonlySet<object>, parse: () => T): T {
      const earlier = kept.get(page)
      if (!earlier) {
        const value = parse()
        freeze(value)
        const missing = new Set(givenTo)
        missing.delete(reader)
        if (missing.size > 0) kept.set(page, { value, missing })
        forgetOldest()
        return value
      }
      earlier.missing.delete(reader)
      slow.delete(reader)
      if (earlier.missing.size === 0) kept.delete(page)
      wakeAll()
      return earlier.value as T
    },
  }
}

/** Freezes a value and everything inside it, at any depth. It runs for every event, so it creates no lists of names or values. */
function freeze(whole: unknown): void {
  const left = [whole]
  while (left.length > 0) {
    const value = Object.freeze(left.pop()) as Readonly<Record<string, unknown>>
    for (const name in value) {
      const part = value[name]
      if (typeof part === 'object' && part !== null) left.push(part)
    }
  }
}
