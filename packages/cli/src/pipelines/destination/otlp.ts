import { otlpSink } from '@asana-audit/otlp'
import { auditScope } from '@asana-audit/schema'
import { type DestinationOf, type OpenDestination, type Opening, recordWriter, unchanged } from './opening.ts'

export async function openOtlp(
  opening: Opening,
  { options, maxInFlight, onUncertain }: DestinationOf<'otlp'>,
): Promise<OpenDestination> {
  const { pipeline, resource, onWarning, http } = opening
  const connection = { ...options, ...pipeline.proxies.through(options.credentials), maxInFlight, http }
  const sink = otlpSink({
    ...connection,
    resource,
    scope: auditScope,
    onWarning,
    writeRecord: recordWriter(opening),
  })
  if (!pipeline.detect) return { sink, map: unchanged, onUncertain }
  const { toOtlp } = await import('../../findings/finding-record.ts')
  return { sink, map: unchanged, onUncertain, sendFinding: toOtlp(pipeline, resource) }
}
