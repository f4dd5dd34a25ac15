import { fault } from '@asana-audit/core'
import { toJsonText } from '@asana-audit/schema'
import { epochSeconds } from './epoch-seconds.ts'
import { type HecEvent, type HecMetadata, isHecScalar } from './hec-event.ts'

const metadata = ['host', 'source', 'sourcetype', 'index'] as const

/**
 * The envelope of one event: at most the seven keys the collector knows, since behind an unknown one it drops the rest of the
 * request and says 200. Throws a `rejected` fault for what the collector would refuse anyway.
 */
export function encodeEvent(event: HecEvent, defaults: HecMetadata, maxBytes: number): Buffer {
  let opening = '{'
  if (event.timeMs !== undefined) opening += `"time":${timeOf(event.timeMs)},`
  for (const key of metadata) {
    const value = event[key] ?? defaults[key]
    if (value) opening += `"${key}":${JSON.stringify(value)},`
  }
  const text = toJsonText(event.event)
  if (text === 'null' || text === '""') {
    throw refused('empty_event', 'The event is empty, and the collector takes none without content.')
  }
  const { fields = {} } = event
  const names = Object.keys(fields)
  for (const name of names) {
    const value = fields[name]
    if (Array.isArray(value) ? value.every(isHecScalar) : isHecScalar(value)) continue
    throw refused('nested_field', 'A field of the event is no plain value or list of them.')
  }
  const closing = names.length > 0 ? `,"fields":${toJsonText(fields)}}` : '}'
  const envelope = Buffer.from(`${opening}"event":${text}${closing}`)
  if (envelope.length > maxBytes) {
    const message = `The event has ${envelope.length} bytes; the limit is ${maxBytes} (maxEventBytes).`
    throw refused('event_too_large', message)
  }
  return envelope
}

function timeOf(ms: number): string {
  try {
    return epochSeconds(ms)
  } catch (error) {
    throw refused('unencodable', `The event has no usable time: ${(error as Error).message}.`)
  }
}

function refused(code: string, message: string): Error {
  return fault({ fault: 'rejected', code, message })
}
