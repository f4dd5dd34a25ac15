/** What a metric is: its name and unit (UCUM) as OpenTelemetry has them, and the attributes of its series. */
export interface MetricDefinition {
  readonly name: `asana_audit.${string}`
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly unit: string
  readonly attributes: readonly string[]
  readonly description: string
  /** Upper bounds of the buckets of a histogram. */
  readonly buckets?: readonly number[]
}

export type MetricName =
  | 'eventsRead'
  | 'eventsDelivered'
  | 'eventsQuarantined'
  | 'eventsRepeated'
  | 'eventsLate'
  | 'lateDelay'
  | 'deliveryDelay'
  | 'readSize'
  | 'requests'
  | 'requestDuration'
  | 'budgetWait'
  | 'budgetLimit'
  | 'writes'
  | 'writeDuration'
  | 'ackWait'
  | 'retries'
  | 'pauses'
  | 'newestEvent'
  | 'lastPage'
  | 'lastCommit'
  | 'unreadDeletion'
  | 'backlogCovered'
  | 'healings'
  | 'losses'
  | 'firstSights'
  | 'pipelineState'
  | 'pipelineFault'
  | 'buildInfo'

const ofLane = ['pipeline', 'lane', 'destination'] as const
const ofPipeline = ['pipeline', 'destination'] as const

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const minutes = [1, 2, 5, 10, 30, 60, 120, 300, 900, 3_600, 21_600]
/** Around the settled window of 45 minutes. */
const lateness = [60, 300, 600, 1_200, 1_800, 2_700, 3_600, 7_200, 21_600, 86_400]

/**
 * Every metric of `factMeter`. Times are seconds since 1970, not ages: an age stands still with the process that reports it. What counts by
 * code has no lane, because a series of 0 for each code and lane would double all others.
 */
export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = {
  eventsRead: {
    ...{ name: 'asana_audit.events.read', kind: 'counter', unit: '{event}', attributes: ofLane },
    description: 'Events in the pages that were read, repeats included.',
  },
  eventsDelivered: {
    ...{ name: 'asana_audit.events.delivered', kind: 'counter', unit: '{event}', attributes: ofLane },
    description: 'Events that the destination accepted and whose position is saved.',
  },
  eventsQuarantined: {
    ...{ name: 'asana_audit.events.quarantined', kind: 'counter', unit: '{event}' },
    attributes: [...ofPipeline, 'code'],
    description: 'Events that went to the quarantine instead, by the reason.',
  },
  eventsRepeated: {
    ...{ name: 'asana_audit.events.repeated', kind: 'counter', unit: '{event}', attributes: ofLane },
    description: 'Events of a deliberate re-read that were dropped, because the destination has them.',
  },
  eventsLate: {
    ...{ name: 'asana_audit.events.late', kind: 'counter', unit: '{event}', attributes: ofLane },
    description: 'Events that appeared in the log after newer ones had been read. They are delivered.',
  },
  lateDelay: {
    ...{ name: 'asana_audit.late.delay', kind: 'histogram', unit: 's', attributes: ofLane },
    description:
      'From when a late event happened until it was read. Above the settled window, others may be missed.',
    buckets: lateness,
  },
  deliveryDelay: {
    ...{ name: 'asana_audit.delivery.delay', kind: 'histogram', unit: 's', attributes: ofLane },
    description:
      'From when a new event happened until the destination accepted it. Only of lane live: in a backlog it is the age.',
    buckets: minutes,
  },
  readSize: {
    ...{ name: 'asana_audit.read.size', kind: 'counter', unit: 'By', attributes: ofLane },
    description: 'Size of the pages that were read, after decompression.',
  },
  requests: {
    ...{ name: 'asana_audit.requests', kind: 'counter', unit: '{request}' },
    attributes: [...ofPipeline, 'status'],
    description: 'Requests to Asana that have ended, by HTTP status; `none`: no answer.',
  },
  requestDuration: {
    ...{ name: 'asana_audit.request.duration', kind: 'histogram', unit: 's' },
    attributes: [...ofPipeline, 'status'],
    description: 'From the start of a request to Asana to the last byte of the answer.',
    buckets: seconds,
  },
  budgetWait: {
    ...{ name: 'asana_audit.budget.wait', kind: 'counter', unit: 's', attributes: ofPipeline },
    description: 'How long requests have waited for their turn in the request budget of the token.',
  },
  budgetLimit: {
    ...{ name: 'asana_audit.budget.limit', kind: 'gauge', unit: '{request}', attributes: [] },
    description: 'Most requests a minute with one token, as set.',
  },
  writes: {
    ...{ name: 'asana_audit.writes', kind: 'counter', unit: '{write}', attributes: ofLane },
    description: 'Writes, or parts of one, that the destination accepted.',
  },
  writeDuration: {
    ...{ name: 'asana_audit.write.duration', kind: 'histogram', unit: 's', attributes: ofLane },
    description:
      'From the first attempt of a write until it was accepted, with the waits after faults and for an acknowledgement.',
    buckets: seconds,
  },
  ackWait: {
    ...{ name: 'asana_audit.ack.wait', kind: 'histogram', unit: 's', attributes: ofPipeline },
    description:
      'From when Splunk took a request until it said that the events are indexed (`ack`). Other destinations have none.',
    buckets: minutes,
  },
  retries: {
    ...{ name: 'asana_audit.retries', kind: 'counter', unit: '{attempt}' },
    attributes: [...ofPipeline, 'part', 'code'],
    description:
      'Attempts that failed and are made again, by the part (`source`: Asana, `sink`: the destination, `state`) and the fault.',
  },
  pauses: {
    ...{ name: 'asana_audit.pauses', kind: 'counter', unit: '{pause}', attributes: [...ofPipeline, 'part'] },
    description: 'Pauses for a fault that a person must fix. One that lasts counts again each five minutes.',
  },
  newestEvent: {
    ...{ name: 'asana_audit.newest_event.timestamp', kind: 'gauge', unit: 's', attributes: ofLane },
    description: 'When the newest delivered event happened.',
  },
  lastPage: {
    ...{ name: 'asana_audit.last_page.timestamp', kind: 'gauge', unit: 's', attributes: ofLane },
    description: 'When Asana last gave a page, empty ones included.',
  },
  lastCommit: {
    ...{ name: 'asana_audit.last_commit.timestamp', kind: 'gauge', unit: 's', attributes: ofLane },
    description: 'When a position was last saved.',
  },
  unreadDeletion: {
    ...{ name: 'asana_audit.unread_deletion.timestamp', kind: 'gauge', unit: 's', attributes: ofLane },
    description:
      'When Asana deletes the oldest event that may be undelivered. If all is delivered, 90 days from now.',
  },
  backlogCovered: {
    ...{ name: 'asana_audit.backlog.covered', kind: 'gauge', unit: '1', attributes: ofLane },
    description: 'The part of the time range of a backlog that has been read, 0 to 1.',
  },
  healings: {
    ...{ name: 'asana_audit.healings', kind: 'counter', unit: '{healing}', attributes: ofPipeline },
    description: 'Positions that Asana no longer accepted, so that reading restarted by time.',
  },
  losses: {
    ...{ name: 'asana_audit.losses', kind: 'counter', unit: '{loss}', attributes: ofPipeline },
    description: 'Time ranges whose unread events Asana may have deleted.',
  },
  firstSights: {
    ...{ name: 'asana_audit.first_sights', kind: 'counter', unit: '{sight}' },
    attributes: [...ofPipeline, 'kind'],
    description:
      'Types, fields and values that our catalogue does not know, each once a process. They are delivered.',
  },
  pipelineState: {
    ...{ name: 'asana_audit.pipeline.state', kind: 'gauge', unit: '{pipeline}' },
    attributes: [...ofPipeline, 'state'],
    description: '1 for the state a pipeline is in, 0 for all others.',
  },
  pipelineFault: {
    ...{ name: 'asana_audit.pipeline.fault', kind: 'gauge', unit: '{fault}' },
    attributes: [...ofLane, 'part', 'code'],
    description: '1 for a fault that a lane waits for now, 0 once that is over.',
  },
  buildInfo: {
    ...{ name: 'asana_audit.build.info', kind: 'gauge', unit: '{build}', attributes: ['version', 'node'] },
    description: 'Always 1. If it is absent, nothing is running.',
  },
}
