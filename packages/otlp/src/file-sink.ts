import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { type LineFileOptions, type LineFileSink, lineFileSink } from '@asana-audit/jsonl'
import type { AuditLogRecord } from '@asana-audit/schema'
import { jsonLines } from './encoding/json-lines.ts'
import { checkOrigin, type Origin } from './encoding/origin.ts'
import type { OtlpSinkWriteOptions } from './otlp-sink.ts'
import type { OnWarning } from './settings/sink-warning.ts'

export interface FileSinkOptions extends Origin, Omit<LineFileOptions, 'onWarning'> {
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnWarning | undefined
}

const names: OptionNames<FileSinkOptions & OtlpSinkWriteOptions<unknown>> = {
  ...{
    path: true,
    rotateBytes: true,
    rotateKeep: true,
    onWarning: true,
    resource: true,
    scope: true,
    writeRecord: true,
  },
}

/** A `lineFileSink` of OTLP JSON lines. */
export function fileSink<T>(options: FileSinkOptions & OtlpSinkWriteOptions<T>): LineFileSink<T>
export function fileSink(options: FileSinkOptions): LineFileSink<AuditLogRecord>
export function fileSink<T>(options: FileSinkOptions & Partial<OtlpSinkWriteOptions<T>>): LineFileSink<T> {
  refuseUnknownOptions('fileSink', names, options)
  checkOrigin(options, 'fileSink')
  const { resource, scope, writeRecord, ...file } = options
  return lineFileSink({ ...file, lines: jsonLines({ resource, scope }, options.onWarning, writeRecord) })
}
