import { type ClosableSink, toFault } from '@asana-audit/core'
import {
  type LineEncoder,
  type LineFileSink,
  lineFileSink,
  lineStreamSink,
  objectLines,
} from '@asana-audit/jsonl'
import { jsonLines } from '@asana-audit/otlp/encoding'
import { type AuditLogEvent, auditScope } from '@asana-audit/schema'
import { present } from '@asana-audit/schema/lossless'
import { mapperTo } from '../../dialect-lines.ts'
import { marked } from '../../marked.ts'
import type { SendFinding } from '../../progress/finding/finding.ts'
import { outputForRecords } from '../../terminal/standard-streams.ts'
import { terminalStream } from '../../terminal/terminal-stream.ts'
import { type DestinationOf, type OpenDestination, type Opening, recordWriter, unchanged } from './opening.ts'

/** Rejects with a fault if another process writes the file. */
export async function openFile(
  opening: Opening,
  { path, rotateBytes, rotateKeep }: DestinationOf<'file'>,
): Promise<OpenDestination> {
  const { lines, map, sender } = await linesOf(opening)
  const { onWarning } = opening
  const sink = await opened(lineFileSink({ path, rotateBytes, rotateKeep, onWarning, lines }))
  return { sink, map, sendFinding: sender?.(sink) }
}

export async function openStdout(opening: Opening): Promise<OpenDestination> {
  const { lines, map, sender } = await linesOf(opening)
  const sink = lineStreamSink({ stream: terminalStream(outputForRecords()), lines })
  return { sink, map, sendFinding: sender?.(sink) }
}

interface Lines extends Pick<OpenDestination, 'map'> {
  readonly lines: LineEncoder<unknown>
  /** Where findings are lines, too. */
  readonly sender?: (sink: ClosableSink<unknown>) => SendFinding
}

async function linesOf(opening: Opening): Promise<Lines> {
  const { pipeline, resource } = opening
  const { detect, format, name, workspace } = pipeline
  const events = eventLines(opening)
  if (!detect) return events
  const { findingLines } = await import('../../findings/finding-lines.ts')
  const { eitherLines, through } = await import('../../findings/finding-item.ts')
  const found = findingLines(format, { pipeline: name, workspace }, resource)
  return found ? { ...events, lines: eitherLines(events.lines, found), sender: through } : events
}

function eventLines(opening: Opening): Lines {
  const map = dialectOf(opening)
  if (map) return { lines: objectLines as LineEncoder<unknown>, map }
  const { resource, onWarning } = opening
  const lines = jsonLines({ resource, scope: auditScope }, onWarning, recordWriter(opening))
  return { lines: lines as LineEncoder<unknown>, map: unchanged }
}

/** Undefined for OTLP. */
function dialectOf({
  pipeline,
  mark,
  observedAt,
  context,
}: Opening): ((event: AuditLogEvent) => object) | undefined {
  const { format, workspace, relevance } = pipeline
  const map = mapperTo(format)
  if (!map || format === 'otlp') return undefined
  return (event) => {
    const observedTimestamp = observedAt ? observedAt(event) : present()
    const object = map(event, { workspace, relevance, context, observedTimestamp })
    return mark ? marked(format, mark, object) : object
  }
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
