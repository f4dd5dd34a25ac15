import { type Fault, fault } from '@asana-audit/core'
import { type EncodedRequest, gzip } from '@asana-audit/core/sink-kit'

/** The body of one request, as it is sent. */
export interface Body {
  readonly bytes: Uint8Array
  /** How many events are in it. */
  readonly records: number
}

export interface FittingBodies {
  /** In order. With `tooLarge`, only those before that event. */
  readonly bodies: readonly Body[]
  /** A single event is too large as sent. Its place counts from the event itself. */
  readonly tooLarge: Fault | undefined
}

const lineFeed = 0x0a

/** Compresses lines, and divides them for as long as the result is over `maxBytes`. */
export async function fittingBodies(
  lines: EncodedRequest,
  compression: 'gzip' | 'none',
  maxBytes: number,
): Promise<FittingBodies> {
  const bodies: Body[] = []
  const waiting: EncodedRequest[] = [lines]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { bytes: plain, records } = next
    const bytes = compression === 'gzip' ? await gzip(plain) : plain
    if (bytes.length <= maxBytes) bodies.push({ bytes, records })
    else if (records > 1) waiting.push(...halves(next).toReversed())
    else return { bodies, tooLarge: tooLarge(bytes.length, compression, maxBytes) }
  }
  return { bodies, tooLarge: undefined }
}

/** By the number of events; JSON has no line feed inside a line. */
function halves({ bytes, records }: EncodedRequest): [EncodedRequest, EncodedRequest] {
  const first = records >> 1
  let end = -1
  for (let line = 0; line < first; line++) end = bytes.indexOf(lineFeed, end + 1)
  return [
    { bytes: bytes.subarray(0, end), records: first },
    { bytes: bytes.subarray(end + 1), records: records - first },
  ]
}

function tooLarge(bytes: number, compression: string, maxBytes: number): Fault {
  const compressed = compression === 'gzip' ? ' after compression' : ''
  const message = `The event has ${bytes} bytes${compressed}; the limit is ${maxBytes} (maxSentBytes). Drop a field of it by the field policy.`
  return fault({ fault: 'rejected', code: 'event_too_large', message, at: 0 })
}
