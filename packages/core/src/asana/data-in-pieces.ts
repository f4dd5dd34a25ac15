import { parseLosslessJson } from '@asana-audit/schema/lossless'
import type { Bytes } from '../http/bytes.ts'

/** A string of it, of two bytes a character at most, is small enough for V8 to make in memory it already has. */
const pieceBytes = 48 * 1024

const pageStart = '{"data":['
const [open, close] = [0x5b, 0x5d]

/** Up to the first name in the first event. */
const beginning = /^\{"data":\[(\{"\w+")/

/**
 * What is in the `data` of a page, parsed some events at a time: for a string as long as a page V8 gets memory anew from the system, every time,
 * which costs a quarter of what parsing does. Undefined for a page that is short, or not written as Asana writes it.
 *
 * Pieces end between two objects of which the second begins like the first event. Quotes within a string are escaped, so this is found outside
 * of strings only; and a piece that ends anywhere but between two events is no JSON.
 */
export function dataInPieces(body: Bytes): readonly unknown[] | undefined {
  const [, first] = beginning.exec(body.subarray(0, 64).toString('latin1')) ?? []
  if (first === undefined || body.length <= pieceBytes) return undefined
  const data: unknown[] = []
  let from = pageStart.length
  try {
    for (;;) {
      const brace = body.indexOf(`},${first}`, from + pieceBytes)
      if (brace === -1) break
      const events = parseLosslessJson(inBrackets(body.subarray(from, brace + 1))) as unknown[]
      for (const event of events) data.push(event)
      from = brace + '},'.length
    }
    const rest = parseLosslessJson(pageStart + body.toString('utf8', from)) as { data: unknown[] }
    for (const event of rest.data) data.push(event)
    return data
  } catch {
    return undefined
  }
}

/** Used again for each piece: brackets put around a string would have it copied. */
const room = Buffer.allocUnsafe(2 * pieceBytes)

function inBrackets(piece: Bytes): string {
  const length = piece.length + 2
  if (length > room.length) return `[${piece.toString('utf8')}]`
  room[0] = open
  room.set(piece, 1)
  room[length - 1] = close
  return room.toString('utf8', 0, length)
}
