import { toFault } from '@asana-audit/core'
import { type LineFileSink, lineFileSink, lineStreamSink, objectLines } from '@asana-audit/jsonl'
import { fileSink, streamSink } from '@asana-audit/otlp'
import { type AuditLogEvent, type AuditLogRecord, auditScope, toLogRecord } from '@asana-audit/schema'
import { present } from '@asana-audit/schema/lossless'
import { outputForRecords } from '../../terminal/standard-streams.ts'
import { terminalStream } from '../../terminal/terminal-stream.ts'
import { viewIn } from '../../views.ts'
import type { DestinationOf, OpenDestination, Opening } from './opening.ts'

/** Rejects with a fault if somebody else writes the file. */
export async function openFile(
  opening: Opening,
  { path, rotateBytes, rotateKeep }: DestinationOf<'file'>,
): Promise<OpenDestination> {
  const { resource, onWarning } = opening
  const file = { path, rotateBytes, rotateKeep, onWarning }
  const viewed = viewOf(opening)
  if (viewed) return { sink: await ours(lineFileSink({ ...file, lines: objectLines })), map: viewed }
  return { sink: await ours(fileSink({ resource, scope: auditScope, ...file })), map: recordOf(opening) }
}

export function openStdout(opening: Opening): OpenDestination {
  const stream = terminalStream(outputForRecords())
  const viewed = viewOf(opening)
  if (viewed) return { sink: lineStreamSink({ stream, lines: objectLines }), map: viewed }
  const { resource, onWarning } = opening
  return { sink: streamSink({ resource, scope: auditScope, onWarning, stream }), map: recordOf(opening) }
}

/** Undefined for OTLP. */
function viewOf({ pipeline }: Opening): ((event: AuditLogEvent) => object) | undefined {
  const { format, workspace, relevance } = pipeline
  const view = viewIn(format)
  return view && ((event) => view(event, { workspace, relevance, observedTimestamp: present() }))
}

function recordOf({ recordOptions }: Opening): (event: AuditLogEvent) => AuditLogRecord {
  return (event) => toLogRecord(event, recordOptions)
}

/** That somebody else writes a file is known before anything is read. What else is wrong with it, the first write says, and waits. */
async function ours<R>(sink: LineFileSink<R>): Promise<LineFileSink<R>> {
  try {
    await sink.open()
  } catch (error) {
    const { code } = toFault(error)
    if (code === 'file_in_use' || code === 'hard_linked') {
      await sink.close?.()
      throw error
    }
  }
  return sink
}
