import type { Compression } from '../compression.ts'
import { flatParquet } from './flat/flat-parquet.ts'
import { jsonLines } from './json-lines.ts'
import type { ArchiveFormat, ObjectForm } from './object-form.ts'
import { type OcsfFormatOptions, ocsfParquet } from './ocsf/ocsf-parquet.ts'

/** The forms of these formats, each once. `compression` is that of JSON lines, `ocsf` is for that format. */
export function formsOf(
  formats: readonly ArchiveFormat[],
  compression: Compression,
  ocsf: OcsfFormatOptions | undefined,
): ObjectForm[] {
  const forms: Readonly<Record<ArchiveFormat, readonly ObjectForm[]>> = {
    jsonl: [jsonLines(compression)],
    flat: [flatParquet],
    ocsf: ocsf ? ocsfParquet(ocsf) : [],
  }
  return [...new Set(formats)].flatMap((format) => forms[format])
}
