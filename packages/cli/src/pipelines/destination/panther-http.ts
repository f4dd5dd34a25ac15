import { pantherSink } from '@asana-audit/panther-http'
import type { AuditLogEvent } from '@asana-audit/schema'
import { marked } from '../../marked.ts'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'
import { pantherConnectionOf } from './panther-connection.ts'

/** The source has applied the field policy, so each event is sent as it is: that is what `Asana.Audit` describes. */
export function openPantherHttp(
  { pipeline, onWarning, http, mark }: Opening,
  destination: DestinationOf<'panther-http'>,
): OpenDestination {
  const { inFlight } = destination
  const sink = pantherSink({ ...pantherConnectionOf(pipeline, destination), inFlight, onWarning, http })
  const map = mark ? (event: AuditLogEvent): object => marked('panther', mark, event) : unchanged
  return { sink: sink as OpenDestination['sink'], map }
}
