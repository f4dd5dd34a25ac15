import type { Dialect } from '../dialect.ts'
import type { Warning } from '../terminal/problem.ts'
import { type Destination, destinationName } from './destination/destination.ts'
import type { PipelineDocument } from './pipeline-document.ts'

/** Settings that are right and change nothing, since the form the destination takes has no place for them. */
export function unusedSettings(
  { details, relevance }: PipelineDocument,
  destination: Destination,
  format: Dialect,
): Warning[] {
  const form = formOf(destination, format)
  const where = `${destinationName(destination)} with the format ${form}`
  const unused: string[] = []
  if (details === 'structured' && form !== 'otlp' && form !== 'otel') {
    unused.push(
      `details: structured changes nothing in ${where}: only records of OpenTelemetry have two forms of it.`,
    )
  }
  if (relevance !== undefined && (form === 'event' || form === 'panther')) {
    unused.push(`relevance changes nothing in ${where}: these are the fields of Asana alone.`)
  }
  return unused.map((message) => ({ code: 'setting_not_used', message }))
}

function formOf(destination: Destination, format: Dialect): Dialect | 'asana' | 'otel' {
  switch (destination.kind) {
    case 'otlp':
      return 'otlp'
    case 'splunk-hec':
      return destination.format
    case 'file':
    case 'stdout':
      return format
  }
}
