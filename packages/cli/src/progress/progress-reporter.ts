import type { WriteStream } from 'node:tty'
import { wrapped } from '../terminal/wrapped.ts'
import { age } from './age.ts'
import type { PipelineResult } from './pipeline-result.ts'
import { progressLine } from './progress-line.ts'
import { placeName, type Reporter } from './reporter.ts'
import { count, coveredShare, newTallies, type Together } from './tally.ts'

export interface ProgressOptions {
  /** Usually stderr, so that records on stdout stay clean. */
  readonly output: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  readonly now?: () => number
}

const redrawEveryMs = 200
const lineEveryMs = 2_000

/**
 * For a person: one line a pipeline, redrawn in place on a terminal and printed every two seconds elsewhere; what needs
 * attention stays on the screen above.
 */
export function progressReporter({ output, now = Date.now }: ProgressOptions): Reporter {
  const tallies = newTallies()
  const unknown = new Map<string, number>()
  const live = output.isTTY === true
  let startedAt = now()
  let drawnAt = 0
  let drawnLines = 0

  function erase(): void {
    // From the first column: a terminal has written ^C where the cursor stood.
    if (drawnLines > 0) output.write(`\r\x1b[${drawnLines}A\x1b[J`)
    drawnLines = 0
  }

  function draw(): void {
    const rows = [...tallies.all()]
    const isAlone = new Set(rows.map(([{ pipeline }]) => pipeline)).size === 1
    const seconds = (now() - startedAt) / 1000
    const lines = rows.map(([place, tally]) => {
      const besideBacklog = rows.some(
        ([other, { covered }]) =>
          other !== place && other.pipeline === place.pipeline && covered && coveredShare(covered) < 1,
      )
      // A time range has the most to tell, and a line has 80 columns.
      const name = isAlone && tally.covered ? place.lane : placeName(place)
      const width = live ? (output.columns ?? 80) : undefined
      return progressLine(tally, { name, besideBacklog, seconds, now: now(), width })
    })
    if (live) erase()
    for (const line of lines) output.write(`${line}\n`)
    if (live) drawnLines = lines.length
    drawnAt = now()
  }

  function write(text: string): void {
    output.write(`${wrapped(text, 2, live ? output.columns : undefined)}\n`)
  }

  /** A line that stays. */
  function say(text: string): void {
    erase()
    write(text)
    if (live) draw()
  }

  return {
    started(places, statePath) {
      startedAt = now()
      for (const place of places) tallies.of(place)
      write(`Reading the audit log; positions are kept in ${statePath}`)
    },
    fact(place, fact) {
      const pipeline = placeName(place)
      const tally = tallies.of(place)
      const isFirstTooOld = fact.type === 'too_old' && tally.tooOld === 0
      count(tally, fact)
      if (fact.type === 'paused') say(`! ${pipeline}: ${fact.message}`)
      else if (fact.type === 'retrying' && fact.failures === 1)
        say(`! ${pipeline}: ${fact.message} Trying again.`)
      else if (fact.type === 'resumed') say(`  ${pipeline}: works again.`)
      else if (fact.type === 'healed')
        say(`  ${pipeline}: ${fact.reason} Reading on from ${fact.restartAt ?? 'the oldest event'}.`)
      else if (fact.type === 'quarantined')
        say(`! ${pipeline}: event ${fact.id ?? 'without a gid'} is in quarantine: ${fact.reason}`)
      else if (isFirstTooOld)
        say(`! ${pipeline}: events up to ${fact.newestAt} go to the quarantine. ${fact.reason}`)
      else if (fact.type === 'possible_loss')
        say(
          `! ${pipeline}: Asana keeps events for 90 days; those from ${fact.from} to ${fact.until} that were not read are gone.`,
        )
      else if (fact.type === 'first_sight') unknown.set(fact.kind, (unknown.get(fact.kind) ?? 0) + 1)
      if (now() - drawnAt >= (live ? redrawEveryMs : lineEveryMs)) draw()
    },
    warning(pipeline, { message }) {
      say(`! ${pipeline}: ${message}`)
    },
    stateWarning({ message }) {
      say(`! ${message}`)
    },
    stopping() {
      say('Stopping: what is under way is being finished. Once more to leave at once; both are safe.')
    },
    failed({ message, code }, pipeline) {
      if (pipeline === undefined) {
        erase()
        write(`✗ ${message}`)
        return
      }
      for (const [place, tally] of tallies.all()) {
        if (place.pipeline === pipeline) tally.trouble = `has ended (${code})`
      }
      say(`✗ ${pipeline}: ${message}`)
    },
    finished(results) {
      erase()
      const seconds = (now() - startedAt) / 1000
      for (const result of results) write(resultLine(result, tallies.together(result.pipeline), seconds))
      if (unknown.size === 0) return
      const kinds = [...unknown].map(([kind, times]) => `${kind.replaceAll('_', ' ')} ${times}×`).join(', ')
      write(`  Unknown to this version, delivered whole all the same: ${kinds}.`)
    },
  }
}

function resultLine(
  { pipeline, delivered, fault }: PipelineResult,
  { newestAt, tooOld, late, longestDelayMs }: Together,
  seconds: number,
): string {
  if (fault && delivered.delivered + delivered.quarantined === 0) return `✗ ${pipeline}: ${fault.message}`
  const parts = [`${delivered.delivered.toLocaleString('en')} events delivered in ${seconds.toFixed(1)} s`]
  if (delivered.repeats > 0)
    parts.push(delivered.repeats === 1 ? 'one repeat dropped' : `${delivered.repeats} repeats dropped`)
  if (delivered.quarantined > 0) {
    parts.push(`${delivered.quarantined} set aside (asana-audit quarantine list shows them)`)
  }
  if (tooOld > 0) {
    parts.push(
      `${tooOld.toLocaleString('en')} of these too old for the destination (raise its limit, then asana-audit quarantine replay)`,
    )
  }
  if (late > 0) parts.push(`${late} of them late, by up to ${age(longestDelayMs)}`)
  const newest = newestAt === undefined ? '' : `; the newest is of ${newestAt}`
  if (fault) return `✗ ${pipeline}: ${fault.message} Before that: ${parts.join(', ')}${newest}.`
  return `✓ ${pipeline}: ${parts.join(', ')}${newest}.`
}
