import type { Compression } from '../compression.ts'
import { flatParquet } from './flat/flat-parquet.ts'
import { jsonLines } from './json-lines.ts'
import type { ArchiveFormat, ObjectForm } from './object-form.ts'
import { type OcsfFormatOptions, ocsfParquet } from './ocsf/ocsf-parquet.ts'
import type { ArchiveViewOptions } from './view-options.ts'
import { lineView } from './views/line-view.ts'

export interface FormsOptions {
  /** How JSON lines are compressed. */
  readonly compression: Compression
  /** Options for the format `ocsf`. */
  readonly ocsf: OcsfFormatOptions | undefined
  /** Options for all formats that are views. */
  readonly view: ArchiveViewOptions | undefined
}

/** The forms of these formats, each once. */
export function formsOf(
  formats: readonly ArchiveFormat[],
  { compression, ocsf, view }: FormsOptions,
): ObjectForm[] {
  const forms: Readonly<Record<ArchiveFormat, () => readonly ObjectForm[]>> = {
    jsonl: () => [jsonLines(compression)],
    flat: () => [flatParquet],
    ocsf: () => (ocsf ? ocsfParquet(ocsf, view) : []),
    ocsf_jsonl: () => [lineView('ocsf_jsonl', compression, view)],
    ecs: () => [lineView('ecs', compression, view)],
    cim: () => [lineView('cim', compression, view)],
  }
  return [...new Set(formats)].flatMap((format) => forms[format]())
}
