import type { Claim, Lane, LaneSummary, State } from '../../contract.ts'
import { openEnd, startedAt } from '../hour-spans.ts'
import { alreadyRunning, filtersChanged } from '../state-faults.ts'
import {
  commitTo,
  countDischarged,
  forget,
  moveBack,
  newPipeline,
  type Pipeline,
  type Row,
  reopen,
  rowOf,
} from './memory-pipeline.ts'
import { memoryQuarantine } from './memory-quarantine.ts'

export interface MemoryStateOptions {
  /**
   * How long ids are remembered, in milliseconds of event time: longer than `overlapMs` and `settledWindowMs`.
   *
   * Otherwise a re-read of the source delivers events again.
   * @default 7_200_000
   */
  readonly rememberMs?: number | undefined
}

/** A state that ends with the process: for one-off reads, tests, and hosts that keep the cursor themselves. */
export function memoryState(options: MemoryStateOptions = {}): State {
  const { rememberMs = 7_200_000 } = options
  const pipelines = new Map<string, Pipeline>()
  const quarantine = memoryQuarantine()

  function pipelineOf(name: string): Pipeline {
    const pipeline = pipelines.get(name) ?? newPipeline()
    pipelines.set(name, pipeline)
    return pipeline
  }

  function laneOf(name: string, lane: string, pipeline: Pipeline, row: Row): Lane {
    return {
      load: async () => row.cursor,
      acceptance: async () => ({
        delivered: [...pipeline.rows.values()].reduce((sum, { delivered }) => sum + delivered, 0),
        rejectedSince: pipeline.rejectedSince,
      }),
      known: async (ids) => new Set(ids.filter((id) => pipeline.known.has(id))),
      deliveredBefore: async () => pipeline.deliveredBefore,
      async commit(commit) {
        const counted = commitTo(pipeline, lane, row, commit, rememberMs)
        quarantine.add(name, commit.quarantined, row.committedAt, counted)
      },
    }
  }

  const close = async (): Promise<void> => {
    for (const pipeline of pipelines.values()) pipeline.claimed = undefined
  }
  return {
    async claim(name): Promise<Claim> {
      const pipeline = pipelineOf(name)
      if (pipeline.claimed) throw alreadyRunning(name)
      const ours = Symbol(name)
      pipeline.claimed = ours
      const release = async (): Promise<void> => {
        if (pipeline.claimed === ours) pipeline.claimed = undefined
      }
      const rewindAll: Claim['rewindAll'] = async (cursors, from) => {
        for (const [lane, cursor] of cursors) {
          if (cursor === undefined) pipeline.rows.delete(lane)
          else moveBack(rowOf(pipeline, lane), cursor)
        }
        reopen(pipeline, from, openEnd)
        quarantine.uncount(name, { from, until: openEnd })
      }
      return {
        async lane(lane, fingerprint) {
          const existing = pipeline.rows.get(lane)
          if (existing?.cursor !== undefined && ![undefined, fingerprint].includes(existing.fingerprint)) {
            throw filtersChanged(name)
          }
          const row = rowOf(pipeline, lane)
          row.fingerprint = fingerprint
          return laneOf(name, lane, pipeline, row)
        },
        async start(from) {
          pipeline.asked = startedAt(pipeline.asked, from)
          forget(pipeline, from, openEnd)
          quarantine.uncount(name, { from, until: openEnd })
        },
        rewind: (lane, cursor, from) => rewindAll(new Map([[lane, cursor]]), from),
        rewindAll,
        async reopen(from, until) {
          reopen(pipeline, from, until)
          quarantine.uncount(name, { from, until })
        },
        async drop(lane) {
          pipeline.rows.delete(lane)
        },
        async forget() {
          quarantine.forget(name)
          pipelines.delete(name)
          await release()
        },
        release,
        [Symbol.asyncDispose]: release,
      }
    },
    lanes: async () =>
      [...pipelines].flatMap(([pipeline, { rows }]) =>
        [...rows].flatMap(([lane, row]) => summaryOf(pipeline, lane, row) ?? []),
      ),
    pipelines: async () => [...pipelines].map(([pipeline, { asked }]) => ({ pipeline, asked })),
    quarantineCounts: async () => quarantine.counts(),
    async *quarantine(pipeline) {
      yield* quarantine.of(pipeline)
    },
    async ledger(pipeline, from, until) {
      const ledger = pipelines.get(pipeline)?.ledger ?? []
      return ledger.filter(({ hour }) => hour >= from && hour < until)
    },
    async discharge(numbers) {
      for (const entry of quarantine.take(numbers)) countDischarged(pipelineOf(entry.pipeline), entry)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Undefined for a lane that has saved nothing yet. */
function summaryOf(pipeline: string, lane: string, row: Row): LaneSummary | undefined {
  const { cursor, newest, delivered, quarantined, readBy, committedAt } = row
  if (cursor === undefined) return undefined
  const newestAt = newest === undefined ? undefined : new Date(newest).toISOString()
  return { pipeline, lane, cursor, delivered, quarantined, newestAt, readBy, committedAt }
}
