import { parseLosslessJson, toJsonText } from '@asana-audit/schema/lossless'
import { type Compression, compress, compressions, decompress } from '../compression.ts'
import { asRecord, type ObjectForm } from './object-form.ts'

export const lineEndings: Readonly<Record<Compression, string>> = { gzip: '.jsonl.gz', zstd: '.jsonl.zst' }

/** One event a line, as Asana sent it. The folder has the name of the dialect. */
export function jsonLines(compression: Compression): ObjectForm {
  return {
    ...asRecord,
    ...({ format: 'jsonl', folder: 'event/', ending: lineEndings[compression], unit: 'line' } as const),
    encode: (events) => encodeLines(events, compression),
    decode: (bytes) => decodeLines(bytes, compression),
  }
}

/** One object a line. */
export function encodeLines(objects: Iterable<object>, compression: Compression): Promise<Uint8Array> {
  const lines = Array.from(objects, (one) => `${toJsonText(one)}\n`)
  return compress(Buffer.from(lines.join('')), compression)
}

/** What the lines hold, in order. Rejects with an Error that says what is wrong. */
export async function decodeLines(bytes: Uint8Array, compression: Compression): Promise<unknown[]> {
  const text = await decompress(bytes, compression).catch(() => {
    throw new Error(`its bytes are cut off or are not ${compression}`)
  })
  if (!text.endsWith('\n')) throw new Error('its last line is not complete')
  return text.slice(0, -1).split('\n').map(jsonOf)
}

/** How the object at a key is compressed; undefined if it has no JSON lines. */
export function compressionOf(key: string): Compression | undefined {
  return compressions.find((compression) => key.endsWith(lineEndings[compression]))
}

/** Undefined if the text is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return parseLosslessJson(text)
  } catch {
    return undefined
  }
}
