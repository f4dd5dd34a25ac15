import {
  asanaSource,
  type Claim,
  type Delivered,
  deliver,
  type Fact,
  type Fault,
  httpClient,
  type RequestBudget,
  requestBudget,
  type State,
  toFault,
} from '@asana-audit/core'
import type { PipelineSettings } from './config/pipeline-settings.ts'
import type { Settings } from './config/read-settings.ts'
import { openDestination, type Warning } from './open-destination.ts'

export interface RunOptions {
  readonly settings: Settings
  readonly state: State
  /** End when caught up; a fault that needs a person ends the pipeline instead of pausing it. */
  readonly once: boolean
  /** End at the first fault that needs a person, also without `once`. */
  readonly exitOnFatal: boolean
  /** Milliseconds a temporary fault is waited out for when nobody is there to mend it. */
  readonly giveUpAfterMs: number | undefined
  /** What a write of which an unknown part was taken does. */
  readonly onUncertain: 'quarantine' | 'stop' | undefined
  readonly signal: AbortSignal
  readonly report: Report
}

/** What happened, and where. */
export interface Report {
  fact(pipeline: string, fact: Fact): void
  warning(pipeline: string, warning: Warning): void
}

export interface PipelineResult {
  readonly pipeline: string
  readonly delivered: Delivered
  readonly fault?: Fault
}

/** With nobody waiting for it to be mended, a destination that was never reached is a wrong address after this long. */
const firstPatienceMs = 30_000
const laterPatienceMs = 900_000

const nothing: Delivered = { delivered: 0, quarantined: 0, repeats: 0 }

/**
 * Runs all pipelines side by side, each with a cursor of its own: one that fails does not stop the others, but where
 * `exitOnFatal` asks for it. Rejects before anything is read when a pipeline cannot be claimed.
 */
export async function runPipelines(options: RunOptions): Promise<PipelineResult[]> {
  const { settings, state, signal } = options
  const claims: [PipelineSettings, Claim][] = []
  const budgets = budgetsByToken(settings)
  const stop = new AbortController()
  const stopped = AbortSignal.any([signal, stop.signal])
  try {
    for (const pipeline of settings.pipelines) claims.push([pipeline, await state.claim(pipeline.name)])
    return await Promise.all(
      claims.map(async ([pipeline, claim]) => {
        const result = await runOne(pipeline, claim, budgets(pipeline), { ...options, signal: stopped })
        if (result.fault && options.exitOnFatal) stop.abort()
        return result
      }),
    )
  } finally {
    for (const [, claim] of claims) await claim.release()
  }
}

async function runOne(
  pipeline: PipelineSettings,
  claim: Claim,
  budget: RequestBudget,
  { settings, once, exitOnFatal, giveUpAfterMs, onUncertain, signal, report }: RunOptions,
): Promise<PipelineResult> {
  const { name, workspace, token, baseUrl, filters, since, until, pollMs, limit, fieldPolicy } = pipeline
  const onEvent = (fact: Fact): void => report.fact(name, fact)
  const leaves = once || exitOnFatal
  const untilFirst = leaves ? (giveUpAfterMs ?? firstPatienceMs) : Number.POSITIVE_INFINITY
  const afterwards = leaves ? (giveUpAfterMs ?? laterPatienceMs) : Number.POSITIVE_INFINITY
  const http = httpClient(pipeline.http)
  const { sink, map } = openDestination(pipeline, settings.resource, (warning) =>
    report.warning(name, warning),
  )
  const source = asanaSource({
    workspace,
    token: token.read,
    baseUrl,
    http,
    budget,
    filters,
    since,
    until,
    once,
    pollMs,
    settled: { windowMs: pipeline.settledWindowMs, everyMs: pipeline.rereadEveryMs },
    limit,
    maxResponseBytes: pipeline.maxResponseBytes,
    fieldPolicy,
    giveUpAfterMs: { untilFirstPage: untilFirst, afterwards },
    onEvent,
  })
  try {
    const delivered = await deliver({
      source,
      sink,
      lane: await claim.lane('live', source.fingerprint),
      map,
      signal,
      onFatal: leaves ? 'reject' : 'pause',
      onUncertain,
      giveUpAfterMs: { untilFirstWrite: untilFirst, afterwards },
      onEvent,
    })
    return { pipeline: name, delivered }
  } catch (error) {
    return { pipeline: name, delivered: nothing, fault: toFault(error) }
  } finally {
    await sink.close?.()
    await http.close()
  }
}

/** One budget a token, whatever uses it: Asana counts by token. */
function budgetsByToken({ requestsPerMinute }: Settings): (pipeline: PipelineSettings) => RequestBudget {
  const budgets = new Map<string, RequestBudget>()
  return ({ token }) => {
    const budget = budgets.get(token.place) ?? requestBudget({ perMinute: requestsPerMinute })
    budgets.set(token.place, budget)
    return budget
  }
}
