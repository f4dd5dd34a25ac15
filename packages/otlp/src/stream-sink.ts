import type { ClosableSink } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { lineStreamSink, type OutputStream } from '@asana-audit/jsonl'
import type { AuditLogRecord } from '@asana-audit/schema'
import { jsonLines } from './encoding/json-lines.ts'
import { checkOrigin, type Origin } from './encoding/origin.ts'
import type { OtlpSinkWriteOptions } from './otlp-sink.ts'
import type { OnWarning } from './settings/sink-warning.ts'

export interface StreamSinkOptions extends Origin {
  /** A `Writable`, usually `process.stdout`. The sink does not close it. */
  readonly stream: OutputStream
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnWarning | undefined
}

const names: OptionNames<StreamSinkOptions & OtlpSinkWriteOptions<unknown>> = {
  ...{ stream: true, onWarning: true, resource: true, scope: true, writeRecord: true },
}

/** A `lineStreamSink` of OTLP JSON lines. */
export function streamSink<T>(options: StreamSinkOptions & OtlpSinkWriteOptions<T>): ClosableSink<T>
export function streamSink(options: StreamSinkOptions): ClosableSink<AuditLogRecord>
export function streamSink<T>(
  options: StreamSinkOptions & Partial<OtlpSinkWriteOptions<T>>,
): ClosableSink<T> {
  refuseUnknownOptions('streamSink', names, options)
  checkOrigin(options, 'streamSink')
  const { stream, onWarning, writeRecord } = options
  return lineStreamSink({ stream, lines: jsonLines(options, onWarning, writeRecord) })
}
