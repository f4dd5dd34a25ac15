import type { Compression } from '../compression.ts'
import { flatParquet } from './flat/flat-parquet.ts'
import { jsonLines } from './json-lines.ts'
import type { ArchiveFormat, ObjectForm } from './object-form.ts'

/** The forms of these formats, each once. `compression` is that of JSON lines. */
export function formsOf(formats: readonly ArchiveFormat[], compression: Compression): ObjectForm[] {
  const forms: Readonly<Record<ArchiveFormat, ObjectForm>> = {
    jsonl: jsonLines(compression),
    flat: flatParquet,
  }
  return [...new Set(formats)].map((format) => forms[format])
}
