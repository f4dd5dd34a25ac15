import { type Claim, type LaneSummary, type SharedReader, toFault } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { PipelineResult } from '../../progress/reporters/pipeline-result.ts'
import { collectWhenIdle } from './collect-when-idle.ts'
import { type RunOptions, runOne } from './run-one.ts'
import { readerSharing } from './shared-readers.ts'
import { standbyFor } from './standby.ts'
import { startWarnings } from './start-warnings.ts'
import { tokenBudgets } from './token-budgets.ts'

/** What changes while pipelines run. */
export interface PipelineChanges {
  /** New pipelines. They are claimed already. */
  readonly added: readonly PipelineSettings[]
  /** Pipelines that change, with their new settings. */
  readonly changed: readonly PipelineSettings[]
  /** The names of the pipelines that end. */
  readonly removed: readonly string[]
}

/** The pipelines of a process. A request budget and shared pages outlive the pipelines that use them. */
export interface RunningPipelines {
  /**
   * Claims all of them. Rejects, with none of them claimed, if one cannot be claimed. If several machines share the state, a pipeline that
   * another process runs is no reason to reject: it waits until that process has ended.
   */
  claim(pipelines: readonly PipelineSettings[]): Promise<void>
  /** Starts pipelines that are claimed, or wait. */
  start(pipelines: readonly PipelineSettings[]): Promise<void>
  /**
   * Stops the changed and the removed pipelines, as a stop signal does. Releases the claims of the removed ones, then starts the changed and
   * the added ones. All others go on. If the state cannot be read, it rejects with a fault and changes nothing.
   */
  change(changes: PipelineChanges): Promise<void>
  /** Whether this pipeline has ended with a fault. */
  hasFailed(name: string): boolean
  /** Resolves when no pipeline runs any more, with one result for each name: all its runs added up. */
  readonly ended: Promise<PipelineResult[]>
  /** Gives back all claims. */
  release(): Promise<void>
}

export function runningPipelines(options: RunOptions): RunningPipelines {
  const { state, settings, report, exitOnFatal, once } = options
  const standby = standbyFor(state, report, once)
  const budgets = tokenBudgets(settings)
  const share = readerSharing()
  const onFact = collectWhenIdle()
  const stopAll = new AbortController()
  const signal = AbortSignal.any([options.signal, stopAll.signal])
  const claims = new Map<string, Claim>()
  const running = new Map<string, { readonly stop: AbortController; readonly end: Promise<void> }>()
  const results = new Map<string, PipelineResult>()
  /** Names in the order in which they first started, which is the order of the results. */
  const started = new Set<string>()
  const { promise: ended, resolve, reject } = Promise.withResolvers<PipelineResult[]>()
  let isChanging = false

  function endIfNoneRuns(): void {
    if (running.size === 0 && !isChanging) resolve([...started].flatMap((name) => results.get(name) ?? []))
  }

  async function claim(pipelines: readonly PipelineSettings[]): Promise<void> {
    const taken: [string, Claim][] = []
    try {
      for (const { name } of pipelines) {
        const ownClaim = await standby.claim(name)
        if (ownClaim) taken.push([name, ownClaim])
      }
    } catch (error) {
      for (const [, ownClaim] of taken) await ownClaim.release()
      throw error
    }
    for (const [name, ownClaim] of taken) claims.set(name, ownClaim)
  }

  function start(pipelines: readonly PipelineSettings[], lanes: readonly LaneSummary[]): void {
    for (const pipeline of pipelines) {
      if (!claims.has(pipeline.name)) continue
      for (const warning of startWarnings(pipeline, lanes, Date.now(), settings.statePath))
        report.warning(pipeline.name, warning)
    }
    const readers = share(pipelines)
    for (const pipeline of pipelines) run(pipeline, readers.get(pipeline))
  }

  async function giveBack(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await claims.get(name)?.release()
      claims.delete(name)
    }
  }

  /** Reads the lanes of the state. If that fails, it releases the claims of the added pipelines. */
  async function lanesOrRelease(added: readonly PipelineSettings[]): Promise<readonly LaneSummary[]> {
    try {
      return await state.lanes()
    } catch (error) {
      await giveBack(added.map(({ name }) => name))
      throw error
    }
  }

  /** Runs a pipeline while this process has its claim. Waits while another process has it, also after one has taken it over. */
  async function runWhileOurs(
    pipeline: PipelineSettings,
    shared: SharedReader | undefined,
    stopped: AbortSignal,
  ): Promise<PipelineResult> {
    const { name } = pipeline
    let result: PipelineResult = { pipeline: name, delivered: { delivered: 0, quarantined: 0, repeats: 0 } }
    try {
      for (;;) {
        const ownClaim = claims.get(name) ?? (await standby.wait(name, stopped))
        if (!ownClaim) return result
        claims.set(name, ownClaim)
        const reading = [budgets(pipeline), shared] as const
        const { fault, ...one } = await runOne(pipeline, ownClaim, reading, {
          ...options,
          signal: stopped,
          onFact,
        })
        result = together(result, one)
        if (!standby.isAgain(name, fault)) return fault ? { ...result, fault } : result
        await giveBack([name])
      }
    } catch (error) {
      return { ...result, fault: toFault(error) }
    }
  }

  function run(pipeline: PipelineSettings, shared: SharedReader | undefined): void {
    const { name } = pipeline
    started.add(name)
    const stop = new AbortController()
    const stopped = AbortSignal.any([signal, stop.signal])
    const end = runWhileOurs(pipeline, shared, stopped)
      .then((result) => {
        shared?.close()
        running.delete(name)
        results.set(name, together(results.get(name), result))
        // The others may run for a long time, so report the failure now.
        if (result.fault && (running.size > 0 || isChanging)) report.failed(result.fault, name)
        if (result.fault && exitOnFatal) stopAll.abort()
        endIfNoneRuns()
      })
      .catch(reject)
    running.set(name, { stop, end })
  }

  return {
    claim,
    start: async (pipelines) => start(pipelines, await state.lanes()),
    async change({ added, changed, removed }) {
      const lanes = await lanesOrRelease(added)
      isChanging = true
      try {
        const stopping = [...changed.map(({ name }) => name), ...removed].flatMap(
          (name) => running.get(name) ?? [],
        )
        for (const { stop } of stopping) stop.abort()
        await Promise.all(stopping.map(({ end }) => end))
        await giveBack(removed)
        start([...changed, ...added], lanes)
      } finally {
        isChanging = false
        endIfNoneRuns()
      }
    },
    hasFailed: (name) => !running.has(name) && results.get(name)?.fault !== undefined,
    ended,
    async release() {
      for (const ownClaim of claims.values()) await ownClaim.release()
    },
  }
}

/** Adds up two runs of one pipeline. Only a fault of the later run counts. */
function together(
  before: PipelineResult | undefined,
  { delivered, ...rest }: PipelineResult,
): PipelineResult {
  if (!before) return { delivered, ...rest }
  const sum = (of: keyof typeof delivered): number => before.delivered[of] + delivered[of]
  return {
    ...rest,
    delivered: { delivered: sum('delivered'), quarantined: sum('quarantined'), repeats: sum('repeats') },
  }
}
