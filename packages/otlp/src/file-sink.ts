import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { jsonLines } from './json-lines.ts'
import { type LineFileOptions, type LineFileSink, lineFileSink } from './line-file-sink.ts'
import { checkOrigin, type Origin } from './origin.ts'

export interface FileSinkOptions extends Origin, LineFileOptions {}

const names: OptionNames<FileSinkOptions> = {
  ...{ path: true, rotateBytes: true, rotateKeep: true, onWarning: true, resource: true, scope: true },
}

/** A `lineFileSink` of OTLP JSON lines. */
export function fileSink(options: FileSinkOptions): LineFileSink<AuditLogRecord> {
  refuseUnknownOptions('fileSink', names, options)
  checkOrigin(options, 'fileSink')
  const { resource, scope, ...file } = options
  return lineFileSink({ ...file, lines: jsonLines({ resource, scope }, options.onWarning) })
}
