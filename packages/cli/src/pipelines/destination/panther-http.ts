import { pantherSink } from '@asana-audit/panther-http'
import type { AuditLogEvent } from '@asana-audit/schema'
import { withContext } from '@asana-audit/schema/context'
import { marked } from '../../marked.ts'
import type { DestinationOf, OpenDestination, Opening } from './opening.ts'
import { pantherConnectionOf } from './panther-connection.ts'

/** The source has applied the field policy, so each event is sent as it is: that is what `Asana.Audit` describes. */
export function openPantherHttp(
  { pipeline, onWarning, http, mark, context }: Opening,
  destination: DestinationOf<'panther-http'>,
): OpenDestination {
  const { inFlight } = destination
  const sink = pantherSink({ ...pantherConnectionOf(pipeline, destination), inFlight, onWarning, http })
  const map = (event: AuditLogEvent): object => {
    const whole = withContext(event, context?.(event))
    return mark ? marked('panther', mark, whole) : whole
  }
  return { sink: sink as OpenDestination['sink'], map }
}
