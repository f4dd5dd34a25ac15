import { type Fact, type QuarantinedTogether, quarantinedTogether, toldOnce } from '@asana-audit/core'
import { laneLabel } from '../progress/lane.ts'
import { logReporter } from '../progress/output/log-reporter.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import { safeText } from '../terminal/safe-text.ts'
import { onPages } from './on-pages.ts'

/** Where its lines go. */
export interface LogOutput {
  write(line: string): unknown
}

export interface InputLog extends Reporter {
  /** What only an input has to say. */
  say(level: 'info' | 'warn' | 'error', event: string, detail: string): void
}

/**
 * Lines for splunkd, which puts them into its own log, index=_internal. The first word is the level; without one it would be ERROR. Then
 * `name=value`, which Splunk reads as fields. `names` stand in every line.
 */
export function inputLog(
  output: LogOutput,
  names: Readonly<Record<string, string>>,
  now: () => number = Date.now,
): InputLog {
  const write = (level: string, event: string, fields: object): void => {
    const pairs = pairsOf({ event, ...names, ...withCode(level, event, fields) })
    output.write(`${level.toUpperCase()} asana_audit ${pairs.join(' ')}\n`)
  }
  const toLine = (json: string): void => {
    const { time: _, level, message, ...fields } = JSON.parse(json) as Record<string, unknown>
    // A line for all that go to quarantine together, instead of one for each event: see `fact`.
    if (message === 'quarantined') return
    write(String(level), String(message), fields)
  }
  const reporter = logReporter({ write: toLine }, now)
  const together = quarantinedTogether()
  const once = toldOnce()
  return {
    ...reporter,
    fact(lane, fact) {
      for (const group of together(fact, laneLabel(lane)))
        write('error', 'quarantined', { ...lane, ...quarantineFields(group) })
      for (const told of once(fact, lane.lane))
        reporter.fact({ ...lane, lane: told.lane }, inWordsOfPages(told.fact))
    },
    failed: (found, pipeline) => reporter.failed({ ...found, message: onPages(found) }, pipeline),
    say: (level, event, detail) => write(level, event, { detail }),
  }
}

/** The page of health and the alerts group by the code, and would not see a line without one. */
function withCode(level: string, event: string, fields: object): object {
  return level === 'warn' || level === 'error' ? { code: event, ...fields } : fields
}

/** With the sentence that the page of health and the alerts show, for every fact that is a warning or an error. */
function inWordsOfPages(fact: Fact): Fact {
  const message = sentenceOf(fact)
  if (message === undefined) return fact
  const told = { ...fact, message }
  return told
}

function sentenceOf(fact: Fact): string | undefined {
  switch (fact.type) {
    case 'retrying':
    case 'paused':
      return onPages(fact)
    case 'too_old':
      return `Events up to ${fact.newestAt} are put in quarantine, and are not in Splunk. ${fact.reason}`
    case 'possible_loss':
      return `Asana keeps events for 90 days. Those from ${fact.from} to ${fact.until} were not read in time, and are deleted.`
    case 'healed':
      return `${fact.reason} The input goes on from ${fact.restartAt ?? 'the oldest event'}.`
    default:
      return undefined
  }
}

function quarantineFields({ first, last, events }: QuarantinedTogether): object {
  const { kind, id, code, reason } = first
  const [one, other] = [first, last].map((fact) => fact.id ?? 'without a gid')
  const detail =
    events === 1
      ? `The event ${one} was put in quarantine, and is not in Splunk: ${reason}`
      : `${events.toLocaleString('en')} events were put in quarantine, and are not in Splunk (the first is ${one}, the last ${other}): ${reason}`
  return { kind, id, code, reason, events, detail }
}

/** Splunk ends a value at a quotation mark, so there is none inside. */
function pairsOf(fields: object, before = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]): string[] => {
    if (value === undefined || value === null) return []
    if (typeof value === 'object' && !Array.isArray(value)) return pairsOf(value, `${before}${name}_`)
    const text = Array.isArray(value) ? value.join(',') : String(value)
    return [`${before}${name}="${safeText(text).replaceAll('"', "'")}"`]
  })
}
