import type { Dialect } from '../../dialect.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { Destination } from '../destination/destination.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/** Warnings about valid settings without effect: the format of the destination, which has this name, does not use them. */
export function unusedSettings(
  { details, relevance, context }: PipelineDocument,
  destination: Destination,
  format: Dialect,
  name: string,
): Warning[] {
  const form = formOf(destination, format)
  const where = `${name} with the format ${form}`
  const unused: string[] = []
  if (details === 'structured' && form !== 'otlp' && form !== 'otel') {
    unused.push(
      `details: structured has no effect for ${where}: only OpenTelemetry records have two forms of details.`,
    )
  }
  const hasView =
    destination.kind === 'archive' && destination.formats?.some((one) => one !== 'jsonl' && one !== 'flat')
  if (relevance !== undefined && !hasView && (form === 'event' || form === 'panther')) {
    unused.push(`relevance has no effect for ${where}, which contains only Asana's fields.`)
  }
  if (context && destination.kind === 'archive') {
    unused.push(
      `context has no effect for ${name}: an archive keeps events as Asana sent them. Add it when you replay them. convert can add it too, all but the provenance.`,
    )
  }
  return unused.map((message) => ({ code: 'setting_not_used', message }))
}

function formOf(destination: Destination, format: Dialect): Dialect | 'asana' | 'otel' {
  switch (destination.kind) {
    case 'otlp':
      return 'otlp'
    case 'splunk-hec':
      return destination.format
    case 'panther-http':
    case 'archive':
      return 'event'
    case 'file':
    case 'stdout':
      return format
  }
}
