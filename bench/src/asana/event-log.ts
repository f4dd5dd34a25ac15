import { constants, crc32, deflateRawSync } from 'node:zlib'
import { createdAtAt, eventTemplates, gidAt } from './event-templates.ts'
import { type DeflatedEvents, stored } from './gzip-page.ts'
import { type Density, type Schedule, schedule, steady } from './schedule.ts'
import { writeDigits, writeTime } from './write-digits.ts'

export interface LogSettings {
  readonly events: number
  readonly density: Density
  /** How many days they cover. */
  readonly days: number
  /** One event every this many milliseconds from now on, instead of all of them in the past. */
  readonly everyMs: number | null
  /** The least number of bytes of an event as JSON. 0: no minimum. */
  readonly eventBytes: number
}

/** A long log that is generated while it is read. */
export interface EventLog extends Schedule {
  /** The number of events that have happened by now. */
  readonly size: number
  /** The events of `[from, to)` as JSON, separated by commas. */
  plain(from: number, to: number): Buffer
  /** The same, compressed. `crc` is the checksum so far. */
  deflated(from: number, to: number, crc: number): DeflatedEvents
  /** Compresses everything, so that no reader waits for it. */
  prepare(): void
}

/** Events that are compressed together and kept. They nearly fill the window of deflate, so this costs almost no compression. */
const blockEvents = 50

/** A full flush ends a piece without ending the stream, so that pieces are independent and can be put together. */
const finishFlush = constants.Z_FULL_FLUSH

/** Pages that are kept as plain JSON; enough for the logs that are read without latency. */
const keptBytes = 128 * 2 ** 20

const comma = 0x2c
const storedComma = stored(Buffer.from([comma]))

export function eventLog(
  { events, density, days, everyMs, eventBytes }: LogSettings,
  until: number,
): EventLog {
  const templates = eventTemplates(eventBytes)
  const times =
    everyMs === null
      ? schedule(events, until, days, density)
      : steady(events, Date.now() + events * everyMs, everyMs)
  const blocks: (Buffer | undefined)[] = []
  const plainPages = new Map<number, Buffer>()
  const deflatedPages = new Map<number, DeflatedEvents>()
  let kept = 0

  const template = (rank: number): Buffer => templates[rank % templates.length] as Buffer

  function made(from: number, to: number): Buffer {
    let length = Math.max(0, to - from - 1)
    for (let rank = from; rank < to; rank++) length += template(rank).length
    const page = Buffer.allocUnsafe(length)
    let at = 0
    for (let rank = from; rank < to; rank++) {
      const event = template(rank)
      if (rank > from) page[at++] = comma
      event.copy(page, at)
      writeDigits(page, at + gidAt + 8, 8, rank)
      writeTime(page, at + createdAtAt, times.timeOf(rank))
      at += event.length
    }
    return page
  }

  function plain(from: number, to: number): Buffer {
    const key = from * 2 ** 12 + to - from
    const page = plainPages.get(key) ?? made(from, to)
    if (!plainPages.has(key) && kept < keptBytes) {
      plainPages.set(key, page)
      kept += page.length
    }
    return page
  }

  function piece(from: number, to: number): Buffer {
    return deflateRawSync(made(from, to), { level: 6, finishFlush })
  }

  function block(index: number): Buffer {
    const block = blocks[index] ?? piece(index * blockEvents, Math.min(events, (index + 1) * blockEvents))
    blocks[index] = block
    return block
  }

  function pieces(from: number, to: number): Buffer[] {
    const list: Buffer[] = []
    for (let at = from; at < to; ) {
      const index = Math.floor(at / blockEvents)
      const last = Math.min(events, (index + 1) * blockEvents)
      const end = Math.min(to, last)
      if (list.length > 0) list.push(storedComma)
      list.push(at === index * blockEvents && end === last ? block(index) : piece(at, end))
      at = end
    }
    return list
  }

  return {
    ...times,
    get size() {
      return times.rankOf(Date.now() + 1)
    },
    plain,
    deflated(from, to, crc) {
      const key = from * 2 ** 12 + to - from
      const known = deflatedPages.get(key)
      if (known) return known
      const json = made(from, to)
      const page = {
        deflated: Buffer.concat(pieces(from, to)),
        bytes: json.length,
        crc: crc32(json, crc),
      }
      deflatedPages.set(key, page)
      return page
    },
    prepare() {
      for (let index = 0; index * blockEvents < events; index++) block(index)
    },
  }
}
