import { toFault } from '@asana-audit/core'
import { type LineFileSink, lineFileSink, lineStreamSink, objectLines } from '@asana-audit/jsonl'
import { fileSink, streamSink } from '@asana-audit/otlp'
import { type AuditLogEvent, auditScope } from '@asana-audit/schema'
import { present } from '@asana-audit/schema/lossless'
import { mapperTo } from '../../dialect-lines.ts'
import { outputForRecords } from '../../terminal/standard-streams.ts'
import { terminalStream } from '../../terminal/terminal-stream.ts'
import { type DestinationOf, type OpenDestination, type Opening, recordWriter, unchanged } from './opening.ts'

/** Rejects with a fault if another process writes the file. */
export async function openFile(
  opening: Opening,
  { path, rotateBytes, rotateKeep }: DestinationOf<'file'>,
): Promise<OpenDestination> {
  const { resource, onWarning } = opening
  const file = { path, rotateBytes, rotateKeep, onWarning }
  const map = dialectOf(opening)
  if (map) return { sink: await opened(lineFileSink({ ...file, lines: objectLines })), map }
  const writeRecord = recordWriter(opening)
  return {
    sink: await opened(fileSink({ resource, scope: auditScope, ...file, writeRecord })),
    map: unchanged,
  }
}

export function openStdout(opening: Opening): OpenDestination {
  const stream = terminalStream(outputForRecords())
  const map = dialectOf(opening)
  if (map) return { sink: lineStreamSink({ stream, lines: objectLines }), map }
  const { resource, onWarning } = opening
  const writeRecord = recordWriter(opening)
  return { sink: streamSink({ resource, scope: auditScope, onWarning, stream, writeRecord }), map: unchanged }
}

/** Undefined for OTLP. */
function dialectOf({ pipeline }: Opening): ((event: AuditLogEvent) => object) | undefined {
  const { format, workspace, relevance } = pipeline
  const map = mapperTo(format)
  return map && ((event) => map(event, { workspace, relevance, observedTimestamp: present() }))
}

/** Opens the file before anything is read, to refuse a second writer at once. The first write reports any other problem, and waits. */
async function opened<R>(sink: LineFileSink<R>): Promise<LineFileSink<R>> {
  try {
    await sink.open()
  } catch (error) {
    const { code } = toFault(error)
    if (code === 'file_in_use' || code === 'hard_linked') {
      await sink.close()
      throw error
    }
  }
  return sink
}
