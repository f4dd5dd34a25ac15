import type { WriteStream } from 'node:tty'
import { type Fact, type ToldFact, toldOnce } from '@asana-audit/core'
import { minuteMs } from '../../duration.ts'
import type { LogLevel } from '../../flags/choice.ts'
import { wrapped } from '../../terminal/wrapped.ts'
import { type LaneRef, laneLabel, replayLane } from '../lane.ts'
import type { PipelineResult } from '../reporters/pipeline-result.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { addFact, coveredShare, newLaneTotals, type PipelineTotals } from '../totals/progress-totals.ts'
import { age } from '../words/age.ts'
import { factSentence } from '../words/fact-sentence.ts'
import { isShown, levelOf } from '../words/log-level.ts'
import { quarantineSentences } from '../words/quarantine-sentences.ts'
import { reloadRefusal, reloadSentence } from '../words/reload-sentences.ts'
import { type LaneTrouble, troubleAfter } from './lane-trouble.ts'
import { progressLine } from './progress-line.ts'
import { type RecentRate, recentRate } from './recent-rate.ts'

export interface ProgressOptions {
  /** Usually stderr, so that records on stdout stay clean. */
  readonly output: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  readonly now?: () => number
  /** The least urgent level that is shown. Progress is `info`, and every fact `debug`. */
  readonly least?: LogLevel
}

const redrawEveryMs = 200
/** Without a terminal: often while somebody may look on, then as often as the log. A pause of a day must not fill a disk. */
const lineEveryMs = (runningMs: number): number => (runningMs < minuteMs ? 2_000 : 30_000)
const removed: LaneTrouble = { code: 'removed', text: 'was removed' }

/**
 * For a person: one line for each lane, redrawn on a terminal and printed now and then elsewhere. Messages that need attention stay
 * above these lines.
 */
export function progressReporter({ output, now = Date.now, least = 'info' }: ProgressOptions): Reporter {
  const totals = newLaneTotals()
  const unknown = new Map<string, number>()
  const rates = new Map<string, RecentRate>()
  const troubles = new Map<string, LaneTrouble | undefined>()
  const quarantine = quarantineSentences()
  /** By pipeline. */
  const once = new Map<string, ReturnType<typeof toldOnce>>()
  const live = output.isTTY === true
  const showsProgress = isShown('info', least)
  const showsFacts = isShown('debug', least)
  let startedAt = now()
  let drawnAt = 0
  let drawnLines = 0

  function erase(): void {
    // Start at the first column: a terminal may have written ^C at the cursor.
    if (drawnLines > 0) output.write(`\r\x1b[${drawnLines}A\x1b[J`)
    drawnLines = 0
  }

  function draw(): void {
    if (!showsProgress) return
    const rows = [...totals.all()]
    const isAlone = new Set(rows.map(([{ pipeline }]) => pipeline)).size === 1
    const seconds = (now() - startedAt) / 1000
    const lines = rows.map(([lane, laneTotals]) => {
      const hasBacklog = rows.some(
        ([other, { covered }]) =>
          other !== lane &&
          other.pipeline === lane.pipeline &&
          (covered === undefined || coveredShare(covered) < 1),
      )
      const reads = lane.lane !== 'live' ? 'a time range' : hasBacklog ? 'new events' : 'everything'
      // The line of a time range is the longest, so a single pipeline leaves its name out there.
      const name = isAlone && laneTotals.covered ? lane.lane : laneLabel(lane)
      const width = live ? (output.columns ?? 80) : undefined
      return progressLine(laneTotals, {
        ...{ name, reads, trouble: troubles.get(laneLabel(lane))?.text, seconds, now: now(), width },
        rate: rateOf(laneLabel(lane))(laneTotals.events, now()),
      })
    })
    if (live) erase()
    for (const line of lines) output.write(`${line}\n`)
    if (live) drawnLines = lines.length
    drawnAt = now()
  }

  function rateOf(lane: string): RecentRate {
    const rate = rates.get(lane) ?? recentRate(startedAt)
    rates.set(lane, rate)
    return rate
  }

  function write(level: LogLevel, text: string): void {
    if (!isShown(level, least)) return
    output.write(`${wrapped(text, 2, live ? output.columns : undefined)}\n`)
  }

  /** Writes a line that stays above the progress lines. */
  function say(level: LogLevel, text: string): void {
    if (!isShown(level, least)) return
    erase()
    write(level, text)
    if (live) draw()
  }

  /** Notes a trouble for all lanes of a pipeline. */
  function stop(pipeline: string, trouble: LaneTrouble): void {
    for (const [lane] of totals.all()) if (lane.pipeline === pipeline) troubles.set(laneLabel(lane), trouble)
  }

  function toldOf({ pipeline, lane }: LaneRef, fact: Fact): readonly ToldFact[] {
    const told = once.get(pipeline) ?? toldOnce()
    once.set(pipeline, told)
    return told(fact, lane)
  }

  /** Prints what stops a pipeline. The result of a run does not say it, because being stopped is no failure. */
  function sayWhatStopped(pipeline: string): void {
    for (const [lane] of totals.all()) {
      const code = lane.pipeline === pipeline ? troubles.get(laneLabel(lane))?.code : undefined
      if (code === undefined || code === removed.code) continue
      write(
        'warn',
        `! ${laneLabel(lane)}: stopped while it could not go on (${code}). The next run continues there.`,
      )
    }
  }

  return {
    started(lanes, statePath, statusPage) {
      startedAt = now()
      for (const lane of lanes) totals.of(lane)
      const what = lanes.every(({ lane }) => lane === replayLane) ? 'archive' : 'audit log'
      write('info', `Reading the ${what}; positions are kept in ${statePath}`)
      if (statusPage !== undefined) write('info', `Status page: ${statusPage}`)
    },
    fact(lane, fact) {
      const label = laneLabel(lane)
      const laneTotals = totals.of(lane)
      const isFirstTooOld = fact.type === 'too_old' && laneTotals.tooOld === 0
      addFact(laneTotals, fact)
      for (const sentence of quarantine.after(label, fact)) say('error', sentence)
      if (fact.type === 'first_sight') unknown.set(fact.kind, (unknown.get(fact.kind) ?? 0) + 1)
      // Some facts are told only once: a retry again after progress, or where another reason stops the lane.
      const isTold =
        (fact.type !== 'retrying' || troubles.get(label)?.code !== fact.code) &&
        (fact.type !== 'too_old' || isFirstTooOld) &&
        (fact.type !== 'cut_off' || troubles.get(label) === undefined)
      troubles.set(label, troubleAfter(fact, troubles.get(label), now()))
      let isSaid = false
      for (const told of toldOf(lane, fact)) {
        const text = isTold ? factSentence(laneLabel({ ...lane, lane: told.lane }), told.fact) : undefined
        if (text === undefined) continue
        say(levelOf(told.fact), text)
        isSaid = true
      }
      if (!isSaid && showsFacts) say('debug', `  ${label}: ${fact.type}`)
      if (now() - drawnAt >= (live ? redrawEveryMs : lineEveryMs(now() - startedAt))) draw()
    },
    begins({ name }) {
      once.delete(name)
    },
    warning(pipeline, { message }) {
      say('warn', `! ${pipeline}: ${message}`)
    },
    stateWarning({ message }) {
      say('warn', `! ${message}`)
    },
    reloaded(reload) {
      for (const pipeline of reload.removed) stop(pipeline, removed)
      say('info', reloadSentence(reload))
    },
    reloadRefused(problems) {
      say('error', `! ${reloadRefusal(problems)}`)
      for (const { setting, message } of problems) say('error', `  ${setting}: ${message}`)
    },
    stopping() {
      say('info', 'Stopping after the writes in progress. Interrupt again to stop at once. Both are safe.')
    },
    failed({ message, code }, pipeline) {
      if (pipeline === undefined) {
        erase()
        write('error', `✗ ${message}`)
        return
      }
      stop(pipeline, { code, text: `has ended (${code})` })
      say('error', `✗ ${pipeline}: ${message}`)
    },
    finished(results) {
      erase()
      const seconds = (now() - startedAt) / 1000
      for (const result of results) {
        const line = resultLine(result, totals.ofPipeline(result.pipeline), seconds)
        write(result.fault ? 'error' : 'info', line)
        if (!result.fault) sayWhatStopped(result.pipeline)
      }
      if (unknown.size === 0) return
      const kinds = [...unknown].map(([kind, times]) => `${kind.replaceAll('_', ' ')} ${times}×`).join(', ')
      write('info', `  Unknown to this version, but delivered in full: ${kinds}.`)
    },
  }
}

function resultLine(
  { pipeline, delivered, fault }: PipelineResult,
  { newestAt, tooOld, late, longestDelayMs }: PipelineTotals,
  seconds: number,
): string {
  if (fault && delivered.delivered + delivered.quarantined === 0) return `✗ ${pipeline}: ${fault.message}`
  const parts = [`${delivered.delivered.toLocaleString('en')} events delivered in ${seconds.toFixed(1)} s`]
  if (delivered.repeats > 0) {
    parts.push(`${delivered.repeats.toLocaleString('en')} read again to find late ones, and not sent again`)
  }
  if (delivered.quarantined > 0) {
    parts.push(
      `${delivered.quarantined.toLocaleString('en')} put in quarantine (asana-audit quarantine list shows them)`,
    )
  }
  if (tooOld > 0) {
    parts.push(
      `${tooOld.toLocaleString('en')} of these too old for the destination (raise its limit, then asana-audit quarantine replay)`,
    )
  }
  if (late > 0) parts.push(`${late} of them late, by up to ${age(longestDelayMs)}`)
  const newest = newestAt === undefined ? '' : `; the newest event is from ${newestAt}`
  if (fault) return `✗ ${pipeline}: ${fault.message} Before that: ${parts.join(', ')}${newest}.`
  return `✓ ${pipeline}: ${parts.join(', ')}${newest}.`
}
