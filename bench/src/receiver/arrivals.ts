import { gunzipSync } from 'node:zlib'
import { firstGid } from '../asana/event-templates.ts'

export interface Request {
  readonly body: Buffer
  readonly gzip: boolean
  /** When it was complete, in milliseconds since 1970. */
  readonly at: number
}

/** Which of the first `events` events of a log have arrived. */
export interface Tally {
  /** Different events. */
  readonly arrived: number
  /** Events that arrived again. */
  readonly repeats: number
  /** Ranks of the events that did not arrive. */
  readonly missing: readonly number[]
}

export interface Arrivals {
  /** Notes a request. It is read later, when no request is open, unless too many bytes wait. */
  add(request: Request): void
  mark(ranks: Iterable<number>, at: number): void
  tally(): Tally
  /** When each event first arrived, in milliseconds since 1970; 0: it did not. */
  times(): readonly number[]
}

/** The limit of bytes that wait to be read. */
const waitingBytes = 64 * 2 ** 20

export function arrivals(events: number, marker: string): Arrivals {
  const cameAt = new Float64Array(events)
  let waiting: Request[] = []
  let bytes = 0
  let arrived = 0
  let repeats = 0

  function mark(ranks: Iterable<number>, at: number): void {
    for (const rank of ranks) {
      if (rank >= events) continue
      if (cameAt[rank]) repeats += 1
      else {
        arrived += 1
        cameAt[rank] = at
      }
    }
  }

  function read(): void {
    for (const request of waiting) mark(ranksIn(plainOf(request), marker), request.at)
    waiting = []
    bytes = 0
  }

  return {
    mark,
    add(request) {
      waiting.push(request)
      bytes += request.body.length
      if (bytes > waitingBytes) read()
    },
    tally() {
      read()
      const missing: number[] = []
      if (arrived < events) for (const [rank, at] of cameAt.entries()) if (!at) missing.push(rank)
      return { arrived, repeats, missing }
    },
    times() {
      read()
      return [...cameAt]
    },
  }
}

export function plainOf({ body, gzip }: Omit<Request, 'at'>): Buffer {
  return gzip ? gunzipSync(body, { chunkSize: 65_536 }) : body
}

const zero = 0x30
const nine = 0x39
const gidDigits = 16
/** The bytes between a key and its value, in any encoding. */
const farthest = 32

/** The ranks of the events in a body, in order: every id of the log after `marker`. */
export function* ranksIn(body: Buffer, marker: string): Generator<number> {
  for (let at = body.indexOf(marker, 0, 'latin1'); at >= 0; at = body.indexOf(marker, at, 'latin1')) {
    at += marker.length
    const end = Math.min(body.length, at + farthest)
    while (at < end && !isDigit(body[at])) at++
    let gid = 0
    let digits = 0
    for (; digits < gidDigits && isDigit(body[at]); digits++, at++) gid = gid * 10 + (body[at] ?? 0) - zero
    if (digits === gidDigits && gid >= firstGid) yield gid - firstGid
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine
}
