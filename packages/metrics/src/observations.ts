import { retentionMs } from '@asana-audit/core/backlog'
import type { MetricName } from './definitions.ts'
import type { LaneNumbers } from './lane-numbers.ts'
import type { Attributes } from './meter.ts'
import { type Counts, type PipelineNumbers, pipelineStates, stateOf } from './pipeline-numbers.ts'

export interface ObservedLane extends LaneNumbers {
  readonly attributes: Attributes
}

export interface ObservedPipeline extends PipelineNumbers {
  readonly attributes: Attributes
  readonly lanes: ReadonlyMap<string, ObservedLane>
}

/** A series without a value is left out. */
export type Observe = (value: number | undefined, attributes: Attributes) => void

/** `now`: milliseconds since 1970. */
type Observation = (pipeline: ObservedPipeline, observe: Observe, now: number) => void

/** How each metric that is not a histogram is read off a pipeline. */
export const observations: Readonly<Partial<Record<MetricName, Observation>>> = {
  eventsRead: perLane(({ read }) => read),
  eventsDelivered: perLane(({ delivered }) => delivered),
  eventsRepeated: perLane(({ repeated }) => repeated),
  eventsLate: perLane(({ late }) => late),
  readSize: perLane(({ readBytes }) => readBytes),
  writes: perLane(({ writes }) => writes),
  newestEvent: perLane(({ newestEvent }) => seconds(newestEvent)),
  lastPage: perLane(({ lastPage }) => seconds(lastPage)),
  lastCommit: perLane(({ lastCommit }) => seconds(lastCommit)),
  // Nothing of a lane that has delivered all can be deleted; a series that ends would be taken for one that stands still.
  unreadDeletion: perLane(({ deliveredUpTo: at }, now) =>
    at === undefined ? at : seconds(Math.min(at, now) + retentionMs),
  ),
  backlogCovered: perLane(({ covered }) => covered),
  eventsQuarantined: (pipeline, observe) => perLabel('code', pipeline.quarantined, pipeline, observe),
  requests: (pipeline, observe) => perLabel('status', pipeline.requests, pipeline, observe),
  firstSights: (pipeline, observe) => perLabel('kind', pipeline.firstSights, pipeline, observe),
  pauses: (pipeline, observe) => perLabel('part', pipeline.pauses, pipeline, observe),
  retries({ attributes, retries }, observe) {
    for (const [part, counts] of Object.entries(retries)) {
      for (const [code, count] of counts) observe(count, { ...attributes, part, code })
    }
  },
  budgetWait: ({ attributes, budgetWaitMs }, observe) => observe(seconds(budgetWaitMs), attributes),
  healings: ({ attributes, healings }, observe) => observe(healings, attributes),
  losses: ({ attributes, losses }, observe) => observe(losses, attributes),
  pipelineState(pipeline, observe) {
    const now = stateOf(pipeline, pipeline.lanes.values())
    for (const state of pipelineStates) observe(state === now ? 1 : 0, { ...pipeline.attributes, state })
  },
  pipelineFault({ lanes, end }, observe) {
    for (const { attributes, troubles, everTroubles } of lanes.values()) {
      for (const { part, code } of everTroubles.values()) {
        const isNow = !end && troubles.get(part)?.code === code
        observe(isNow ? 1 : 0, { ...attributes, part, code })
      }
    }
  },
}

function perLane(read: (lane: LaneNumbers, now: number) => number | undefined): Observation {
  return ({ lanes }, observe, now) => {
    for (const lane of lanes.values()) observe(read(lane, now), lane.attributes)
  }
}

function perLabel(label: string, counts: Counts, { attributes }: ObservedPipeline, observe: Observe): void {
  for (const [value, count] of counts) observe(count, { ...attributes, [label]: value })
}

function seconds(ms: number): number
function seconds(ms: number | undefined): number | undefined
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000
}
