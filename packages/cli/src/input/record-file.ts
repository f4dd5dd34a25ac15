import { type DecodedRecord, readRecords } from '@asana-audit/otlp'
import type { AuditLogEvent } from '@asana-audit/schema'
import { ATTR_ASANA_WORKSPACE_GID } from '@asana-audit/schema/semconv'
import { fileStream } from './file-stream.ts'
import type { Input } from './inputs-reader.ts'
import { noteChanged, noteProblem, type Reading } from './reading.ts'
import { recordEvent } from './record-event.ts'

/** A file of OTLP JSON lines, plain or gzip. With `workspace`: only its records. */
export function recordFile(file: string, workspace: string | undefined): Input {
  return {
    async *events(_, reading) {
      const records = readRecords({
        ...fileStream(file),
        onProblem: ({ code, message }) => {
          // The writer of a torn line writes its records again.
          if (code !== 'torn_line') reading.lost += 1
          noteProblem(reading, message)
        },
      })
      for await (const record of records) {
        const event = eventOf(record, workspace, reading)
        if (event !== undefined) yield event
      }
    },
  }
}

function eventOf(
  record: DecodedRecord,
  workspace: string | undefined,
  reading: Reading,
): AuditLogEvent | undefined {
  if (workspace !== undefined && record.resource[ATTR_ASANA_WORKSPACE_GID] !== workspace) return undefined
  const found = recordEvent(record)
  if ('event' in found) {
    noteChanged(reading, found.changed)
    return found.event
  }
  if (found.kind === 'foreign') reading.foreign += 1
  else if (found.kind === 'finding') reading.findings += 1
  else {
    reading.lost += 1
    noteProblem(reading, `A record is damaged: ${found.message}`)
  }
  return undefined
}
