import { fault, isFault } from '@asana-audit/core'
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
  const { inFlight, secretFrom } = destination
  const sink = pantherSink({ ...pantherConnectionOf(pipeline, destination), inFlight, onWarning, http })
  const map = (event: AuditLogEvent): object => {
    const whole = withContext(event, context?.(event))
    return mark ? marked('panther', mark, whole) : whole
  }
  return { sink: withOrigin(sink as OpenDestination['sink'], secretFrom), map }
}

const refusals = new Set(['unauthorized', 'forbidden'])

/** The same sink, but a refusal of the secret says where the secret comes from. */
function withOrigin(sink: OpenDestination['sink'], secretFrom: readonly string[]): OpenDestination['sink'] {
  return {
    ...sink,
    async write(records, signal) {
      try {
        await sink.write(records, signal)
      } catch (error) {
        if (!isFault(error) || error.fault !== 'fatal' || !refusals.has(error.code)) throw error
        const message = `${error.message} The secret comes from ${secretFrom.join(', and a second one from ')}.`
        throw fault({ ...error, fault: 'fatal', message, cause: error.cause })
      }
    },
  }
}
