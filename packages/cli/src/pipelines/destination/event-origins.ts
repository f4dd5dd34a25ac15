import { randomUUID } from 'node:crypto'
import type { Arrival } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { ContextOf, Provenance } from '@asana-audit/schema/context'
import type { Instant } from '@asana-audit/schema/lossless'
import type { Mark } from '../../dialect.ts'
import { version } from '../../version.ts'

/** Identifies this process, as `service.instance.id` would. */
const run = randomUUID()

/** What all events of a delivery have in common. */
export interface Route {
  readonly source: NonNullable<Provenance['source']>
  readonly workspace: string
  readonly pipeline: string
  /** Why the events are sent again. */
  readonly mark?: Mark | undefined
  /** When an event was observed, if its page did not come now. */
  readonly observedAt?: ((event: AuditLogEvent) => Instant | undefined) | undefined
}

export type NoteArrival = (event: AuditLogEvent, arrival?: Arrival) => void

/** The provenance of events: noted when they come, and asked for when they are mapped and written. */
export interface EventOrigins {
  /** Notes an event. Call it before the event is mapped. */
  noting(route: Route): NoteArrival
  /** Adds it to the context of an event. */
  context(client: ContextOf | undefined): ContextOf
  receivedAt(event: AuditLogEvent): Instant | undefined
}

/** Make one for each destination of a pipeline: an event of a shared page goes to several, and came to each in its own way. */
export function eventOrigins(): EventOrigins {
  // Events that nobody holds any more are forgotten.
  const noted = new WeakMap<AuditLogEvent, Provenance>()
  return {
    noting: (route) => (event, arrival) => {
      noted.set(event, provenanceOf(event, arrival, route))
    },
    context: (client) => (event) => ({ ...client?.(event), provenance: noted.get(event) }),
    receivedAt: (event) => noted.get(event)?.receivedAt,
  }
}

/** Without an arrival, nobody has asked the state whether the event is a repeat, so only a mark says how it is delivered. */
function provenanceOf(
  event: AuditLogEvent,
  arrival: Arrival | undefined,
  { source, workspace, pipeline, mark, observedAt }: Route,
): Provenance {
  const delivery = arrival && (arrival.isRepeat ? 'repeat' : 'first')
  return {
    ...{ source, workspace, pipeline, version, run },
    receivedAt: observedAt ? observedAt(event) : instantOf(arrival?.receivedAt),
    delivery: mark ?? delivery,
  }
}

function instantOf(ms: number | undefined): Instant | undefined {
  return ms === undefined ? undefined : [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000]
}
