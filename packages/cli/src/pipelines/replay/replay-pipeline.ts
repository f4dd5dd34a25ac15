import type { ObjectStore } from '@asana-audit/archive'
import {
  type Claim,
  type Delivered,
  deliver,
  type Fact,
  type Fault,
  fault,
  isFault,
  toFault,
} from '@asana-audit/core'
import { openEnd } from '@asana-audit/core/ledger'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { unattended } from '../../config/times/give-up-after.ts'
import { replayLane } from '../../progress/lane.ts'
import type { PipelineResult } from '../../progress/reporters/pipeline-result.ts'
import { addFact, deliveredUntilFault, newTotals } from '../../progress/totals/progress-totals.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { Delivery } from '../delivery.ts'
import { openDestination } from '../open-destination.ts'
import { decodeReplay, encodeReplay, isFinished, isSameAsked, type ReplayCursor } from './replay-cursor.ts'
import { replaySource } from './replay-source.ts'

export interface ReplayOptions extends Delivery {
  readonly store: ObjectStore
  /** With `at: null`: where a replay begins that was not begun yet. */
  readonly wanted: ReplayCursor
  readonly isWanted: (event: AuditLogEvent) => boolean
  /** Begin again, whatever was replayed before. */
  readonly restart: boolean
  /** Leave out what is damaged, instead of ending there. */
  readonly skipDamaged: boolean
}

/** Delivers an archive into a destination, from where an earlier call ended. `pipeline`: made by `asReplay`. A fault is part of the result. */
export async function replayPipeline(
  pipeline: PipelineSettings,
  options: ReplayOptions,
): Promise<PipelineResult> {
  const { name } = pipeline
  const { state, report } = options
  const totals = newTotals()
  const onFact = (fact: Fact): void => {
    addFact(totals, fact)
    report.fact({ pipeline: name, lane: replayLane }, withoutAge(fact))
  }
  try {
    const claim = await state.claim(name)
    try {
      return { pipeline: name, delivered: await replay(pipeline, claim, { ...options, onFact }) }
    } finally {
      await claim.release()
    }
  } catch (error) {
    return { pipeline: name, delivered: deliveredUntilFault(totals), fault: withNextStep(toFault(error)) }
  }
}

/** The age of events from an archive says nothing about a delay, and Asana has deleted many of them. */
function withoutAge(fact: Fact): Fact {
  if (fact.type !== 'committed') return fact
  return { ...fact, newestAt: undefined, ageMs: undefined, unreadFrom: undefined, deletedInMs: undefined }
}

async function replay(
  pipeline: PipelineSettings,
  claim: Claim,
  options: ReplayOptions & { readonly onFact: (fact: Fact) => void },
): Promise<Delivered> {
  const { settings, state, store, wanted, isWanted, restart, skipDamaged } = options
  const { giveUpAfterMs, onUncertain, signal, report, onFact } = options
  const { name, fieldPolicy } = pipeline
  const warn = (warning: Warning): void => report.warning(name, warning)
  const row = (await state.lanes()).find((one) => one.pipeline === name && one.lane === replayLane)
  const stored = row && !restart ? decodeReplay(row.cursor) : undefined
  const goesOn = stored !== undefined && isSameAsked(stored.asked, wanted.asked)
  if (stored && !goesOn && !isFinished(stored)) throw unfinished(name, stored)
  const range = goesOn ? stored : wanted
  if (!goesOn) await claim.rewind(replayLane, encodeReplay(wanted), openEnd)
  const onLeftOut = skipDamaged ? (message: string): void => warn({ code: 'left_out', message }) : undefined
  const source = replaySource({ store, range, fieldPolicy, isWanted, onLeftOut })
  const { sink, map, ...destination } = await openDestination(pipeline, settings.resource, warn, {
    ...{ onFact, mark: 'replay', replay: source },
  })
  try {
    const delivered = await deliver({
      ...{ source, sink, map, lane: await claim.lane(replayLane, ''), signal, onFact },
      onUncertain: onUncertain ?? destination.onUncertain,
      onArrival: destination.onArrival,
      onFatal: 'reject',
      giveUpAfterMs: unattended(giveUpAfterMs).sink,
    })
    const { delivered: count, quarantined } = delivered
    if (count + quarantined === 0 && !signal.aborted) warn(goesOn ? nothingNew(stored) : nothingThere(range))
    return delivered
  } finally {
    await sink.close()
  }
}

function rangeOf({ since, until }: Pick<ReplayCursor, 'since' | 'until'>): string {
  if (since === null && until === null) return 'all times'
  return `${since ?? 'the oldest event'} to ${until ?? 'the newest'}`
}

function nothingNew(stored: ReplayCursor): Warning {
  const message = `Everything of ${rangeOf(stored)} was replayed before, and nothing was archived since. --restart sends it again.`
  return { code: 'nothing_new', message }
}

function nothingThere(range: ReplayCursor): Warning {
  const message = `The archive has no event of ${rangeOf(range)}, or none that --only and the filters let through. archive verify says from when to when it has events.`
  return { code: 'nothing_found', message }
}

function unfinished(pipeline: string, stored: ReplayCursor): Fault {
  const { since, until, only } = stored.asked
  const flags = [
    ...(since === null ? [] : [`--since ${since}`]),
    ...(until === null ? [] : [`--until ${until}`]),
    ...only.map((one) => `--only ${one}`),
  ]
  const same = flags.length === 0 ? 'without --since, --until and --only' : `with ${flags.join(' ')}`
  const message = `"${pipeline}" was begun ${same} and is not finished. Give the same to go on, or --restart to begin this one.`
  return fault({ fault: 'fatal', code: 'unfinished_replay', message })
}

/** What the libraries cannot know: the flags. */
function withNextStep(found: Fault): Fault {
  const step =
    found.code === 'other_archive'
      ? 'To begin again: --restart.'
      : found.code === 'archive_incomplete'
        ? 'To replay the rest: --skip-damaged.'
        : undefined
  if (step === undefined || !isFault(found)) return found
  return fault({ fault: 'fatal', code: found.code, message: `${found.message} ${step}`, cause: found })
}
