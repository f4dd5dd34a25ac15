import { type ByteWriter, fault } from '@asana-audit/core'
import { toJsonText } from '@asana-audit/schema'
import { epochSeconds } from './epoch-seconds.ts'
import { type HecEvent, type HecMetadata, isHecScalar } from './hec-event.ts'

const metadata = ['host', 'source', 'sourcetype', 'index'] as const

/**
 * Writes the envelope of one event: at most the seven keys the collector knows, since behind an unknown one it drops the rest of the
 * request and says 200. Throws a `rejected` fault for what the collector would refuse anyway, and for more than `maxBytes`.
 */
export function eventWriter(
  defaults: HecMetadata,
  maxBytes: number,
): (to: ByteWriter, event: HecEvent) => void {
  const usual = metadataText({}, defaults)
  return (to, event) => {
    const start = to.length
    const { timeMs, event: content, fields } = event
    const time = timeMs === undefined ? '' : `"time":${timeOf(timeMs)},`
    const own = metadata.every((key) => event[key] === undefined) ? usual : metadataText(event, defaults)
    to.text(`{${time}${own}"event":`)
    const text = toJsonText(content)
    if (text === 'null' || text === '""') {
      throw refused('empty_event', 'The event is empty, and the collector takes none without content.')
    }
    to.text(text)
    to.text(closing(fields ?? {}))
    const bytes = to.length - start
    if (bytes > maxBytes) {
      const message = `The event has ${bytes} bytes; the limit is ${maxBytes} (maxEventBytes).`
      throw refused('event_too_large', message)
    }
  }
}

/** As JSON with a comma behind each. */
function metadataText(event: HecMetadata, defaults: HecMetadata): string {
  return metadata
    .map((key) => [key, event[key] ?? defaults[key]] as const)
    .map(([key, value]) => (value ? `"${key}":${JSON.stringify(value)},` : ''))
    .join('')
}

function closing(fields: NonNullable<HecEvent['fields']>): string {
  const names = Object.keys(fields)
  for (const name of names) {
    const value = fields[name]
    if (Array.isArray(value) ? value.every(isHecScalar) : isHecScalar(value)) continue
    throw refused('nested_field', 'A field of the event is no plain value or list of them.')
  }
  return names.length > 0 ? `,"fields":${toJsonText(fields)}}` : '}'
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
