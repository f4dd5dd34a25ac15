import { fault } from '@asana-audit/core'
import type { ByteWriter } from '@asana-audit/core/sink-kit'
import { toJsonText } from '@asana-audit/schema/lossless'
import { epochSeconds } from './epoch-seconds.ts'
import { type HecEvent, type HecMetadata, isHecScalar } from './hec-event.ts'

const metadata = ['host', 'source', 'sourcetype', 'index'] as const

/**
 * Writes the envelope of one event: at most the seven keys the collector knows, because after an unknown key it drops
 * the rest of the request and still answers 200. Throws a `rejected` fault for an event the collector would refuse,
 * and for more than `maxBytes`.
 */
export function eventWriter(
  defaults: HecMetadata,
  maxBytes: number,
): (to: ByteWriter, event: HecEvent) => void {
  const usual = metadataJson({}, defaults)
  return (to, event) => {
    const start = to.length
    const { timeMs, event: content, fields } = event
    to.bytes(json.open)
    if (timeMs !== undefined) writeTime(to, timeMs)
    to.bytes(hasMetadata(event) ? metadataJson(event, defaults) : usual)
    to.bytes(json.event)
    const text = toJsonText(content)
    if (text === 'null' || text === '""') {
      throw refused('empty_event', 'The event is empty, and the collector does not accept an empty event.')
    }
    to.text(text)
    if (fields) writeFields(to, fields)
    to.bytes(json.close)
    const bytes = to.length - start
    if (bytes > maxBytes) {
      const message = `The event has ${bytes} bytes; the limit is ${maxBytes} (maxEventBytes).`
      throw refused('event_too_large', message)
    }
  }
}

const json = {
  open: Buffer.from('{'),
  time: Buffer.from('"time":'),
  comma: Buffer.from(','),
  event: Buffer.from('"event":'),
  fields: Buffer.from(',"fields":'),
  close: Buffer.from('}'),
}

function hasMetadata({ host, source, sourcetype, index }: HecEvent): boolean {
  return host !== undefined || source !== undefined || sourcetype !== undefined || index !== undefined
}

/** As JSON members, each followed by a comma. */
function metadataJson(event: HecMetadata, defaults: HecMetadata): Uint8Array {
  const pairs = metadata
    .map((key) => [key, event[key] ?? defaults[key]] as const)
    .map(([key, value]) => (value ? `"${key}":${JSON.stringify(value)},` : ''))
  return Buffer.from(pairs.join(''))
}

function writeTime(to: ByteWriter, ms: number): void {
  let seconds: string
  try {
    seconds = epochSeconds(ms)
  } catch (error) {
    throw refused('unencodable', `The event has no usable time: ${(error as Error).message}.`)
  }
  to.bytes(json.time)
  to.text(seconds)
  to.bytes(json.comma)
}

function writeFields(to: ByteWriter, fields: NonNullable<HecEvent['fields']>): void {
  const names = Object.keys(fields)
  if (names.length === 0) return
  for (const name of names) {
    const value = fields[name]
    if (Array.isArray(value) ? value.every(isHecScalar) : isHecScalar(value)) continue
    throw refused('nested_field', 'A field of the event is neither a plain value nor a list of plain values.')
  }
  to.bytes(json.fields)
  to.text(toJsonText(fields))
}

function refused(code: string, message: string): Error {
  return fault({ fault: 'rejected', code, message, at: 0 })
}
