/** What a span is, and the attributes it may have beside those of its pipeline and lane. */
export interface SpanDefinition {
  readonly name: `asana_audit.${string}`
  readonly attributes: readonly string[]
  readonly description: string
}

export type SpanName = 'deliver' | 'poll' | 'write' | 'commit'

/** Each span has these. */
export const laneAttributes = ['asana_audit.pipeline', 'asana_audit.lane', 'asana_audit.destination'] as const

/** Every span of `factTracer`. `deliver` is the parent of the others. */
export const spanDefinitions: Readonly<Record<SpanName, SpanDefinition>> = {
  deliver: {
    name: 'asana_audit.deliver',
    attributes: [],
    description:
      'What a lane does from one saved position to the next. Its events are `retrying`, `paused` and `resumed`, with `asana_audit.part` and, as `error.type`, the code of the fault. An error: the pipeline has ended with a fault.',
  },
  poll: {
    name: 'asana_audit.poll',
    attributes: ['http.response.status_code', 'error.type', 'asana_audit.budget.wait'],
    description:
      'One request to Asana, without its wait for the request budget (`asana_audit.budget.wait`, seconds). An error for a status from 400, and for no answer (`error.type` is `no_answer`).',
  },
  write: {
    name: 'asana_audit.write',
    attributes: ['asana_audit.records'],
    description:
      'From the first attempt of a write, or a part of one, until the destination accepted it, with the waits after faults and for an acknowledgement.',
  },
  commit: {
    name: 'asana_audit.commit',
    attributes: ['asana_audit.events'],
    description: 'Saving a position, and what was delivered before it.',
  },
}
