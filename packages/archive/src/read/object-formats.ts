import type { Identified } from '@asana-audit/core'
import { rawEventTime } from '@asana-audit/schema/lossless'
import { flatParquet } from '../formats/flat/flat-parquet.ts'
import { compressionOf, jsonLines, jsonOf } from '../formats/json-lines.ts'
import { objectLines } from './object-lines.ts'

/** A format as it is read back. */
export interface ObjectFormat {
  /** What the keys of its objects begin with. */
  readonly folder: string
  /** The events of an object, in its order. Rejects with an Error for bytes that are not of this format. */
  events(key: string, bytes: Uint8Array): AsyncIterable<Identified>
}

/**
 * The formats that give an event back as it came, the best first. Where an archive has an event in several, it is read from the
 * first. A format that is not here, such as OCSF, cannot be read back.
 */
export const objectFormats: readonly ObjectFormat[] = [
  { folder: jsonLines('gzip').folder, events: eventLines },
  { folder: flatParquet.folder, events: eventRows },
]

/** Line by line: an object may be large. */
async function* eventLines(key: string, bytes: Uint8Array): AsyncGenerator<Identified> {
  const compression = compressionOf(key)
  if (!compression) throw new Error('its name does not say how it is compressed')
  for await (const line of objectLines(bytes, compression)) yield identified(jsonOf(line))
}

async function* eventRows(_: string, bytes: Uint8Array): AsyncGenerator<Identified> {
  for (const event of await flatParquet.decode(bytes)) yield identified(event)
}

function identified(event: unknown): Identified {
  const { gid } = Object(event) as { gid?: unknown }
  if (typeof gid === 'string' && rawEventTime(event) !== undefined) return event as Identified
  throw new Error('it has something that is not an event')
}
