import type { Fact } from '@asana-audit/core'
import { faultCodes } from './fault-codes.ts'
import type { LaneNumbers, Part } from './lane-numbers.ts'

/** One series each: the value is 1 for the state a pipeline is in, and 0 for the others. */
export const pipelineStates = ['starting', 'running', 'retrying', 'paused', 'ended', 'failed'] as const
export type PipelineState = (typeof pipelineStates)[number]

/** Counts by a label, each 0 from the start. A label that was not foreseen is added when it comes. */
export type Counts = Map<string, number>

/** The numbers of one pipeline that its lanes share, added up from its facts. */
export interface PipelineNumbers {
  readonly quarantined: Counts
  readonly requests: Counts
  readonly retries: Readonly<Record<Part, Counts>>
  readonly pauses: Counts
  readonly firstSights: Counts
  budgetWaitMs: number
  healings: number
  losses: number
  /** Undefined while it runs or has not begun. */
  end: 'ended' | 'failed' | undefined
  hasBegun: boolean
}

/** The statuses that Asana documents, and `none`: no answer. */
const statuses = ['200', '400', '401', '402', '403', '404', '429', '500', '502', '503', '504', 'none']
const sightKinds = ['event_type', 'category', 'field', 'enum_value', 'shape']

export interface SinkCodes {
  readonly retried: readonly string[]
  readonly quarantined: readonly string[]
}

/** `sink`: the codes of its destination. */
export function newPipelineNumbers(sink: SinkCodes): PipelineNumbers {
  const { source, http, deliver, state } = faultCodes
  return {
    quarantined: zeros([...deliver.quarantined, ...sink.quarantined]),
    requests: zeros(statuses),
    retries: {
      source: zeros([...source.retried, ...http.retried]),
      sink: zeros([...sink.retried, ...deliver.retried]),
      state: zeros([...state.retried, ...deliver.retried]),
    },
    pauses: zeros(['source', 'sink', 'state']),
    firstSights: zeros(sightKinds),
    ...{ budgetWaitMs: 0, healings: 0, losses: 0 },
    end: undefined,
    hasBegun: false,
  }
}

export function addToPipeline(numbers: PipelineNumbers, fact: Fact): void {
  numbers.hasBegun = true
  // It may begin again, for example with other settings.
  numbers.end = undefined
  switch (fact.type) {
    case 'requested':
      add(numbers.requests, statusOf(fact))
      numbers.budgetWaitMs += fact.waitedMs
      break
    case 'quarantined':
      add(numbers.quarantined, fact.code)
      break
    case 'too_old':
      add(numbers.quarantined, fact.type, fact.events)
      break
    case 'retrying':
      add(numbers.retries[fact.part], fact.code)
      break
    case 'paused':
      add(numbers.pauses, fact.part)
      break
    case 'first_sight':
      add(numbers.firstSights, fact.kind)
      break
    case 'healed':
      numbers.healings += 1
      break
    case 'possible_loss':
      numbers.losses += 1
      break
    default:
      break
  }
}

export function stateOf({ end, hasBegun }: PipelineNumbers, lanes: Iterable<LaneNumbers>): PipelineState {
  if (end) return end
  if (!hasBegun) return 'starting'
  const states = [...lanes].flatMap(({ troubles }) => [...troubles.values()].map(({ state }) => state))
  return states.includes('paused') ? 'paused' : states.includes('retrying') ? 'retrying' : 'running'
}

export function statusOf({ status }: Extract<Fact, { type: 'requested' }>): string {
  return status === undefined ? 'none' : String(status)
}

function zeros(labels: readonly string[]): Counts {
  return new Map(labels.map((label) => [label, 0]))
}

function add(counts: Counts, label: string, by = 1): void {
  const before = counts.get(label)
  counts.set(label, before === undefined ? by : before + by)
}
