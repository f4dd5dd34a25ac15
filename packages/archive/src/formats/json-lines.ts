import { parseLosslessJson, toJsonText } from '@asana-audit/schema/lossless'
import { type Compression, compress, compressions, decompress } from '../compression.ts'
import { asRecord, type ObjectForm } from './object-form.ts'

const endings: Readonly<Record<Compression, string>> = { gzip: '.jsonl.gz', zstd: '.jsonl.zst' }

/** One event a line, as Asana sent it. The folder has the name of the dialect. */
export function jsonLines(compression: Compression): ObjectForm {
  return {
    ...asRecord,
    ...({ format: 'jsonl', folder: 'event/', ending: endings[compression], unit: 'line' } as const),
    encode: (events) =>
      compress(Buffer.from(events.map((event) => `${toJsonText(event)}\n`).join('')), compression),
    async decode(bytes) {
      const text = await decompress(bytes, compression).catch(() => {
        throw new Error(`its bytes are cut off or are not ${compression}`)
      })
      if (!text.endsWith('\n')) throw new Error('its last line is not complete')
      return text.slice(0, -1).split('\n').map(jsonOf)
    },
  }
}

/** Of the object at a key; undefined if it has no JSON lines. */
export function compressionOf(key: string): Compression | undefined {
  return compressions.find((compression) => key.endsWith(endings[compression]))
}

/** Undefined if the text is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return parseLosslessJson(text)
  } catch {
    return undefined
  }
}
