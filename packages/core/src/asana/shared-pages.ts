import { millisOf } from '@asana-audit/schema/lossless'
import { raceAbort } from '../abort/race-abort.ts'
import { type Clock, systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { checkOptions } from '../options/check-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import type { Order, RawPage, Sharing } from './audit-log-page.ts'
import { type Answer, keptAnswers } from './kept-answers.ts'
import { parsedPages } from './parsed-pages.ts'

export interface SharedPagesOptions {
  /**
   * Most bytes of answers that are kept for readers that have not asked for them yet, 2 KiB more for each. The oldest go first; a reader
   * that needs one of those asks Asana again.
   * @default 32 MiB
   */
  readonly keptBytes?: number | undefined
  /**
   * `now`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

const names: OptionNames<SharedPagesOptions> = { keptBytes: true, clock: true }

/**
 * Answers of Asana that several pipelines of one process use, so that each page is asked for once. Make one for each token and
 * workspace, and give every pipeline a reader of its own. Each pipeline keeps its own position: it asks for the page that it needs,
 * and gets the answer that another one already has.
 */
export interface SharedPages {
  /** `name` is what others are told in `page_read.readBy`: the name of the pipeline. */
  reader(name: string): SharedReader
}

/** The part of one pipeline in `SharedPages`, for the option `shared` of its source. */
export interface SharedReader extends Disposable {
  readonly name: string
  /**
   * Begins one reading: an answer that it was given is not given to it again. `of`: equal for readers of the same events, so that
   * nothing is kept for others.
   */
  begin(of: string): SharedReading
  /** No more pages are kept for this pipeline. A second call does nothing. */
  close(): void
}

export interface PageRequest {
  /** Equal for requests that Asana would answer equally: workspace, filters, times, offset and page size. */
  readonly key: string
  /** Whether the answer to another reader's request will do. `page` is undefined while that request is under way. */
  readonly isFresh: (askedAt: number, page: RawPage | undefined) => boolean
  readonly signal: AbortSignal | undefined
  readonly ask: (signal: AbortSignal) => Promise<RawPage>
}

/** An empty answer: there was nothing after `offset`, and `next` is the offset to ask with from then on. */
export interface LogEnd {
  /** The start that the offsets were given for: RFC 3339; undefined: the oldest event. */
  readonly startAt: string | undefined
  /** Where its reader first began, in the same form. */
  readonly firstStart: string | undefined
  readonly offset: string | undefined
  readonly next: string | undefined
  readonly order: Order
  /** In milliseconds since 1970, by our clock. */
  readonly receivedAt: number
}

export interface SharedReading {
  /**
   * The answer to a request: a kept one, that of the same request under way, or a new one. A fault is given to all that wait for it. If
   * the reader of a request has ended, those that wait for it ask for themselves. Rejects with `signal.reason` once aborted; the request
   * itself goes on for as long as somebody waits for it. The page has `sharing`.
   */
  page(request: PageRequest): Promise<RawPage>
  /**
   * Waits, a second at most, if other readers have not taken the pages that are parsed already: a reader that follows closely need not
   * parse them again. A reader that does not come within this second is not waited for until it has caught up.
   */
  turn(sharing: Sharing, signal: AbortSignal | undefined): Promise<void>
  /** What `parse` makes of a page, frozen: another reader's result is used if it is still there. */
  parsed<T>(sharing: Sharing, parse: () => T): T
  /**
   * Lets readers of the same events, which have come to the end of the log with different offsets, continue with the same offset. Returns
   * the end that another reader found shortly before this request began; otherwise it notes this end. Nothing is skipped by continuing
   * from the other end: this request found nothing, so its reader has everything from before. An offset with an earlier start than this
   * reader's first one is not used: it may show events that appear late and that this reader was not asked for, or reads in another lane.
   * The same end is used once: if it is still the last one then, its reader stands still.
   */
  meetAtEnd(of: string, end: LogEnd): LogEnd | undefined
  /** The server refuses this offset: nobody goes on from there. `of` as for `meetAtEnd`. */
  forgetEnd(of: string, next: string): void
  /** One object for all readers that name the same; made by the first. */
  common<T>(name: string, make: () => T): T
  /** The answers this reading was given are not given to anybody else: something may be wrong with them. */
  discard(): void
}

/** An end found longer ago is of a reader that has ended or is stuck: no reader should wait longer (see the option `maxPollMs`). */
const recentMs = 10 * minuteMs

const nobody: ReadonlySet<SharedReading> = new Set()

/** In milliseconds since 1970. */
function startOf(time: string | undefined): number {
  return millisOf(time) ?? 0
}

export function sharedPages(options: SharedPagesOptions = {}): SharedPages {
  refuseUnknownOptions('sharedPages', names, options)
  checkOptions('sharedPages', options)
  const { keptBytes = 32 * 2 ** 20, clock = systemClock } = options
  /** The readers that are not closed, each with what it reads; undefined before its first reading. */
  const open = new Map<SharedReader, string | undefined>()
  const parses = parsedPages(clock)
  const commons = new Map<string, unknown>()
  /** The last end of the log that was found, by what is read. */
  const ends = new Map<string, { readonly end: LogEnd; readonly reading: SharedReading }>()
  /** The readings that were given a page. Each of them will ask for the parsed page. */
  const givenTo = new WeakMap<Sharing, ReadonlySet<object>>()

  /** The number of beginnings and answers of requests so far. See `Order`. */
  let moments = 0

  const kept = keptAnswers(keptBytes, ({ readers, of }) =>
    [...open].some(([reader, readBefore]) => !readers.has(reader) && (readBefore ?? of) === of),
  )

  function request(key: string, of: string, by: string, ask: PageRequest['ask']): Answer {
    const abort = new AbortController()
    const askedAt = clock.now()
    const begun = moments++
    const promise = ask(abort.signal).then((page) => {
      const order = { begun, answered: moments++ }
      const sharing: Sharing = { askedBy: by, askedAt, receivedAt: clock.now(), order }
      givenTo.set(sharing, answer.readings)
      return { ...page, sharing }
    })
    const answer: Answer = {
      ...{ key, of, promise, abort, askedAt, page: undefined, waiting: 0, hasLostAsker: false },
      ...{ readings: new Set(), readers: new Set() },
    }
    kept.add(answer)
    promise.then(
      (page) => kept.arrived(answer, page),
      () => kept.remove(answer),
    )
    return answer
  }

  function reading(reader: SharedReader, of: string): SharedReading {
    /** The end of another reader that this reading went on from last. */
    let joined: LogEnd | undefined
    const own: SharedReading = {
      async page(wanted) {
        const { key, isFresh, signal, ask } = wanted
        signal?.throwIfAborted()
        const known = kept.get(key)
        const isUsable = known && !known.readings.has(own) && isFresh(known.askedAt, known.page)
        const answer = isUsable ? known : request(key, of, reader.name, ask)
        answer.waiting += 1
        answer.readings.add(own)
        answer.readers.add(reader)
        try {
          return await (signal ? raceAbort(answer.promise, signal) : answer.promise)
        } catch (error) {
          answer.readings.delete(own)
          answer.readers.delete(reader)
          if (answer !== known && signal?.aborted) answer.hasLostAsker = true
          if (signal?.aborted || !answer.hasLostAsker) throw error
        } finally {
          answer.waiting -= 1
          if (answer.waiting === 0 && !answer.page) {
            kept.remove(answer)
            answer.abort.abort(signal?.reason)
          }
          kept.look(answer)
        }
        return own.page(wanted)
      },
      async turn(sharing, signal) {
        if (!parses.has(sharing)) await parses.room(own, signal)
      },
      parsed<T>(sharing: Sharing, parse: () => T): T {
        return parses.value(sharing, own, givenTo.get(sharing) ?? nobody, parse)
      },
      meetAtEnd(of, end) {
        const other = ends.get(of)
        const isBefore = other && other.end.order.answered < end.order.begun
        const isRecent = other && Math.abs(end.receivedAt - other.end.receivedAt) < recentMs
        const isWithin = other && startOf(other.end.startAt) >= startOf(end.firstStart)
        // Its reader stands still, for example because its destination is down: this reading would go back to that end for ever.
        const isJoined = other?.end === joined
        if (
          other &&
          other.reading !== own &&
          isBefore &&
          isRecent &&
          isWithin &&
          !isJoined &&
          other.end.next !== end.offset
        ) {
          joined = other.end
          return other.end
        }
        ends.set(of, { end, reading: own })
        return undefined
      },
      forgetEnd(of, next) {
        if (ends.get(of)?.end.next === next) ends.delete(of)
      },
      common<T>(name: string, make: () => T): T {
        if (!commons.has(name)) commons.set(name, make())
        return commons.get(name) as T
      },
      discard() {
        kept.discard(own)
      },
    }
    return own
  }

  return {
    reader(name) {
      checkOptions('reader', { name })
      const reader: SharedReader = {
        name,
        begin(of) {
          if (open.has(reader)) open.set(reader, of)
          kept.lookAtAll()
          return reading(reader, of)
        },
        close() {
          open.delete(reader)
          kept.lookAtAll()
        },
        [Symbol.dispose]: () => reader.close(),
      }
      open.set(reader, undefined)
      return reader
    },
  }
}
