import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { type DecodedRecord, readRecords } from '@asana-audit/otlp'
import type { AuditLogEvent } from '@asana-audit/schema'
import { ATTR_ASANA_WORKSPACE_GID } from '@asana-audit/schema/semconv'
import { admission } from './admission.ts'
import { type EventReader, noteProblem, type Reading } from './reading.ts'
import { recordEvent } from './record-event.ts'

export interface ArchiveOptions {
  /** Paths of OTLP JSON lines, plain or gzip; `-` is `stdin`. */
  readonly files: readonly string[]
  readonly stdin: Readable
  /** Only records of this workspace. */
  readonly workspace?: string | undefined
}

/** Reads archives one after the other, in the order given. */
export function archiveReader({ files, stdin, workspace }: ArchiveOptions): EventReader {
  return {
    async *read(wanted, reading) {
      const admits = admission(wanted, reading)
      for await (const record of recordsOf(files, stdin, reading)) {
        const event = eventOf(record, workspace, reading)
        if (event !== undefined && admits(event)) yield event
      }
    },
    async close() {},
  }
}

async function* recordsOf(
  files: readonly string[],
  stdin: Readable,
  reading: Reading,
): AsyncGenerator<DecodedRecord, void, undefined> {
  for (const file of files) {
    const [input, name] =
      file === '-' ? [stdin, 'standard input'] : [createReadStream(file, { highWaterMark: 2 ** 18 }), file]
    yield* readRecords({
      input,
      name,
      onProblem: ({ code, message }) => {
        // The writer of a torn line writes its records again.
        if (code !== 'torn_line') reading.lost += 1
        noteProblem(reading, message)
      },
    })
  }
}

function eventOf(
  record: DecodedRecord,
  workspace: string | undefined,
  reading: Reading,
): AuditLogEvent | undefined {
  if (workspace !== undefined && record.resource[ATTR_ASANA_WORKSPACE_GID] !== workspace) return undefined
  const found = recordEvent(record)
  if ('event' in found) return found.event
  if (found.kind === 'foreign') reading.foreign += 1
  else if (found.kind === 'finding') reading.findings += 1
  else {
    reading.lost += 1
    noteProblem(reading, `A record is damaged: ${found.message}`)
  }
  return undefined
}
