import { createDetector, isAtLeast, type Level, type Rule } from '@asana-audit/detections'
import { counted } from '../counted.ts'
import { inTimeOrder } from '../input/events/time-order.ts'
import { notes } from '../input/reader/notes.ts'
import { newReading, readingNotes } from '../input/reader/reading.ts'
import type { SourceSettings } from '../input/source-settings.ts'
import { textOutput } from '../query/text-output.ts'
import type { Zone } from '../query/zone.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import type { Warning } from '../terminal/problem.ts'
import { hitWriter } from './hit-writer.ts'

export interface DetectSettings {
  readonly source: Pick<SourceSettings, 'since' | 'until' | 'open' | 'log'>
  /** Whether the input may never end, so that no event can be held back for sorting. */
  readonly endless: boolean
  readonly rules: readonly Rule[]
  /** About the rules. */
  readonly warnings: readonly Warning[]
  readonly level: Level
  readonly json: boolean
  readonly zone: Zone
}

/** Runs rules over events and shows the hits. Only reads: it writes no state and to no destination. */
export async function runDetector(settings: DetectSettings): Promise<ExitCode> {
  const { source, endless, rules, warnings, level, json, zone } = settings
  const messages = notes({ output: process.stderr, log: source.log })
  for (const { code, message } of warnings) messages.say(code, message)
  const output = textOutput(process.stdout, messages.clear)
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  const writer = hitWriter({ json, zone, width, write: (text) => output.write(text) })
  const detector = createDetector({ rules })
  const reading = newReading()
  const found = new Set<string>()
  let [judged, hits, late, isCutOff] = [0, 0, 0, false]
  const reader = source.open(messages)
  const unwatch = messages.watch(reading)
  try {
    const events = reader.read({ since: source.since, until: source.until, filter: {} }, reading)
    const ordered = endless ? events : inTimeOrder(events, () => (late += 1))
    for await (const event of ordered) {
      if (!(await output.ready())) {
        isCutOff = true
        break
      }
      judged += 1
      for (const hit of detector.add(event)) {
        if (!isAtLeast(hit.rule.level, level)) continue
        writer.hit(hit)
        found.add(hit.rule.id)
        hits += 1
        // A program that reads the pipe must get the hit at once.
        if (json) await output.end()
      }
    }
  } finally {
    unwatch()
    await reader.close()
  }
  if (hits > 0) writer.end()
  await output.end()
  for (const note of readingNotes(reading)) messages.say('reading', note)
  if (late > 0)
    messages.say(
      'not_in_order',
      `${late.toLocaleString('en')} events came long after newer ones: correlations may miss them.`,
    )
  if (detector.forgotten > 0)
    messages.say(
      'windows_full',
      `${detector.forgotten.toLocaleString('en')} events or values did not fit into the memory of rules.`,
    )
  if (isCutOff || !(await output.ready()))
    messages.say(
      'left_out',
      'The output was closed before all hits were written, so their number is not known.',
    )
  else messages.say('hits', summaryOf(hits, found.size, judged))
  if (hits > 0) return exitCode.hits
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

/** `judged`: of a file, also events of another time are read, and no rule sees them. */
function summaryOf(hits: number, rules: number, judged: number): string {
  const events = counted(judged, 'event')
  if (hits === 0) return `No hits in ${events}.`
  const summary = hits === 1 ? 'One hit' : `${hits.toLocaleString('en')} hits of ${rulesOf(rules)}`
  return `${summary} in ${events}.`
}

function rulesOf(number: number): string {
  return number === 1 ? 'one rule' : `${number} rules`
}
