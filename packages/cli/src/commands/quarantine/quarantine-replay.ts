import { type Claim, type DurableState, type StoredQuarantineEntry, toFault } from '@asana-audit/core'
import { applyFieldPolicy, parseAuditLogEvent } from '@asana-audit/schema'
import { existingStateProblems } from '../../config/existing-state.ts'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { readSettings, type Settings } from '../../config/read-settings.ts'
import { readStatePath } from '../../config/state-path.ts'
import { type AnyCommand, type Done, type FlagsOf, withoutFlags } from '../../flags/command.ts'
import { delivery, examples, helpEnd } from '../../flags/help.ts'
import { withPipelineFlags } from '../../flags/pipeline-flags.ts'
import type { OpenDestination } from '../../pipelines/destination/opening.ts'
import { openDestination } from '../../pipelines/open-destination.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { asReplay } from '../../pipelines/replay/as-replay.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings } from '../../terminal/problem.ts'
import { say, sayFailure, sayWarning } from '../../terminal/say.ts'
import { claimArchive } from './claim-archive.ts'
import { type Replayable, replayWrite } from './replay-write.ts'

const define = () =>
  withoutFlags(
    withPipelineFlags('replay'),
    // What is in quarantine was read already.
    ...['--since', '--limit', '--base-url'],
    ...['--event-type', '--actor-type', '--actor-gid', '--actor-email', '--resource-gid'],
  )
    .description(
      'Send the events again. Those the destination accepts leave the quarantine. Can be used while "run" is running, except for a file or an archive that "run" writes.',
    )
    .option('--pipeline <name>', 'only this pipeline')
    .option('--uncertain', 'also send events that the destination may already have: they may arrive twice')
    .addHelpText(
      'before',
      examples('quarantine replay --to otlp', 'quarantine replay --config pipelines.yaml --pipeline acme'),
    )
    .addHelpText(
      'after',
      helpEnd(
        delivery,
        '0 the destination accepted all of them, 1 failed, 2 wrong\nconfiguration, 3 some are still in quarantine.',
      ),
    )

/** `asana-audit quarantine replay`. */
export const quarantineReplayCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await quarantineReplay(flags)))

interface Outcome {
  /** Without the event itself: there may be hundreds of thousands of entries. */
  readonly entry: Pick<StoredQuarantineEntry, 'number' | 'id'>
  /** Undefined if it was delivered. */
  readonly problem: string | undefined
}

interface Replayed {
  readonly outcomes: readonly Outcome[]
  /** The destination could not be written to. */
  readonly failed: boolean
}

/**
 * Sends quarantined events to the destination of their pipeline again: one event in a write, except that many events that were too
 * old share a write. An event leaves the quarantine after the destination accepted it, and otherwise stays with the reason. Can be
 * used while a runner is running, except for a file or an archive that the runner writes.
 */
async function quarantineReplay(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env, [], { opensDestinations: true })
  const problems = 'problems' in reading ? [...reading.problems] : []
  const location = await readStatePath(flags, process.env)
  if (!('problems' in location)) problems.push(...(await existingStateProblems(location, process.env)))
  const names = 'problems' in reading ? undefined : reading.settings.pipelines.map(({ name }) => name)
  if (flags.pipeline !== undefined && names && !names.includes(flags.pipeline.replace(/ \(replay\)$/, ''))) {
    const message = `There is no pipeline "${flags.pipeline}" here. Give one of: ${names.join(', ')}.`
    problems.push({ setting: '--pipeline', message })
  }
  if ('problems' in reading || problems.length > 0) return invalidSettings(problems)
  const { settings } = reading
  const state = await openExistingState(settings)
  const outcomes: Outcome[] = []
  let failed = false
  let untried = new Map<string, number>()
  try {
    const replayed = await replaysWithEntries(state, settings)
    for (const pipeline of [...settings.pipelines, ...replayed]) {
      if (flags.pipeline !== undefined && flags.pipeline !== pipeline.name) continue
      const isReplay = replayed.includes(pipeline)
      const sent = await replay(pipeline, settings, state, { isReplay, uncertain: flags.uncertain ?? false })
      outcomes.push(...sent.outcomes)
      failed ||= sent.failed
    }
    if (flags.pipeline === undefined) untried = await undescribed(state, settings)
  } finally {
    await state.close()
  }
  for (const { entry, problem } of outcomes) {
    const line = `${problem === undefined ? '✓' : '✗'} ${entry.number}  gid ${entry.id ?? '-'}  ${problem ?? 'delivered'}`
    say(line)
  }
  for (const [name, entries] of untried) {
    const message = `Not tried: ${entries} of "${name}". These settings do not describe that pipeline. Give the --config it runs with, or its --workspace, --to and --name.`
    sayWarning({ message })
  }
  const refusedAgain = outcomes.filter(({ problem }) => problem !== undefined).length
  const delivered = outcomes.length - refusedAgain
  const kept = [...untried.values()].reduce((sum, entries) => sum + entries, refusedAgain)
  say(`${delivered} delivered and removed from the quarantine, ${kept} still in quarantine.`)
  if (failed) return exitCode.failed
  return kept > 0 ? exitCode.quarantined : exitCode.done
}

/** For each pipeline that the settings do not describe: its name and the number of its entries. */
async function undescribed(state: DurableState, { pipelines }: Settings): Promise<Map<string, number>> {
  const described = new Set(pipelines.flatMap((one) => [one.name, asReplay(one).name]))
  const counts = new Map<string, number>()
  for await (const { pipeline } of state.quarantine()) {
    if (!described.has(pipeline)) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1)
  }
  return counts
}

/** Of these pipelines, as `replay` delivers to them: those that have something in quarantine. */
async function replaysWithEntries(state: DurableState, { pipelines }: Settings): Promise<PipelineSettings[]> {
  const counts = await state.quarantineCounts()
  return pipelines.map(asReplay).filter(({ name }) => counts.some(({ pipeline }) => pipeline === name))
}

async function hasEntries(state: DurableState, name: string): Promise<boolean> {
  return (await state.quarantineCounts()).some(({ pipeline }) => pipeline === name)
}

async function replay(
  pipeline: PipelineSettings,
  settings: Settings,
  state: DurableState,
  { isReplay, uncertain }: { readonly isReplay: boolean; readonly uncertain: boolean },
): Promise<Replayed> {
  const outcomes: Outcome[] = []
  let opened: OpenDestination | undefined
  let claim: Claim | undefined
  try {
    if (await hasEntries(state, pipeline.name)) claim = await claimArchive(state, pipeline)
    // When the event was observed is not in the quarantine.
    const marked = isReplay ? ({ mark: 'replay', replay: { observedAt: () => undefined } } as const) : {}
    opened = await openDestination(pipeline, settings.resource, sayWarning, {
      ...marked,
      source: 'quarantine',
    })
    const { sink, map, onArrival } = opened
    const most = sink.prefers?.records ?? usualRecords
    let waiting: Replayable[] = []
    let delivered = 0
    let rejectedInRow = 0
    const send = async (): Promise<void> => {
      const sent = waiting
      waiting = []
      await replayWrite(sent, sink, async (entries, problem) => {
        if (problem === undefined) await state.discharge(entries.map(({ number }) => number))
        outcomes.push(...entries.map((entry) => ({ entry, problem })))
        delivered += problem === undefined ? entries.length : 0
        rejectedInRow += problem === undefined ? -rejectedInRow : entries.length
        if (delivered === 0 && rejectedInRow >= mostRejected) throw new Error(acceptsNone)
      })
    }
    for await (const { number, id, kind, code, event: raw } of state.quarantine(pipeline.name)) {
      const entry = { number, id }
      const parsed = parseAuditLogEvent(raw)
      if (kind === 'uncertain' && !uncertain) {
        const problem = 'the destination may already have it; add --uncertain to send it anyway'
        outcomes.push({ entry, problem })
      } else if ('reason' in parsed) {
        outcomes.push({ entry, problem: `still not an event: ${parsed.reason}` })
      } else {
        // Apply today's field policy: the entry may be older than it. Applying it twice does no harm.
        const event = applyFieldPolicy(parsed.event, pipeline.fieldPolicy)
        onArrival?.(event)
        waiting.push({ entry, record: map(event) })
      }
      // Entries with any other code mostly have a fault of their own, so each gets its own write.
      if (waiting.length >= (code === 'too_old' ? most : 1)) await send()
    }
    await send()
  } catch (error) {
    // The destination is down or set up wrongly, so the other entries would fail too.
    sayFailure(`${pipeline.name}: ${toFault(error).message} The rest were not tried.`)
    return { outcomes: [...outcomes, ...(await remaining(outcomes))], failed: true }
  } finally {
    await opened?.sink.close()
    await claim?.release()
  }
  return { outcomes: outcomes.toSorted((a, b) => a.entry.number - b.entry.number), failed: false }

  async function remaining(tried: readonly Outcome[]): Promise<Outcome[]> {
    const numbers = new Set(tried.map(({ entry }) => entry.number))
    const rest: Outcome[] = []
    for await (const { number, id } of state.quarantine(pipeline.name)) {
      if (!numbers.has(number)) rest.push({ entry: { number, id }, problem: 'not tried' })
    }
    return rest
  }
}

/** Records in a write if the sink does not say how many it prefers. */
const usualRecords = 1_000
/** After this number of rejections without an acceptance, the cause is not fixed yet. */
const mostRejected = 20
const acceptsNone = `The destination rejected the first ${mostRejected} events and accepted none, so their cause is not fixed yet.`
