import type { AuditLogEvent } from '@asana-audit/schema'
import { parseMillis } from '@asana-audit/schema/lossless'
import { type Correlator, createCorrelator } from './correlate/correlator.ts'
import type { Entry, Occurrence } from './correlate/occurrence.ts'
import { readWindows, windowsText } from './correlate/windows-text.ts'
import { openBaselines } from './first-seen/baselines.ts'
import type { CorrelationRule, Rule } from './rule.ts'

/** A match of a rule. */
export interface Hit {
  readonly rule: Rule
  /** The event that completed the match. */
  readonly event: AuditLogEvent
  /** For a correlation: the common values of its events, and the events. */
  readonly correlated?: {
    readonly group: Readonly<Record<string, string>>
    readonly count: number
    /** RFC 3339. */
    readonly first: string
    readonly last: string
    /** At most the last hundred. */
    readonly gids: readonly string[]
  }
  /** For a first-seen rule: the key, and the value that is new for it, in the form that is remembered. */
  readonly firstSeen?: {
    readonly group: Readonly<Record<string, string>>
    readonly value: string
  }
}

export interface DetectorOptions {
  /** The rules, as `readRules` returns them: the parts of a correlation before the correlation. */
  readonly rules: readonly Rule[]
  /**
   * How much older than the newest event of its group an event may be and still count, in milliseconds.
   * @default 2_700_000
   */
  readonly latenessMs?: number
  /**
   * What `windows()` of an earlier detector returned: correlations go on where that one stopped, if their rules are still the same.
   * @default empty windows
   */
  readonly windows?: string | undefined
  /**
   * The texts that `baselineChanges()` of earlier detectors returned, by their names: first-seen rules know what is usual.
   * @default everything is learned anew
   */
  readonly baselines?: ReadonlyMap<string, string> | undefined
}

export interface Detector {
  /** The hits of this event, alone or together with earlier ones. Add each event once. */
  add(event: AuditLogEvent): readonly Hit[]
  /**
   * How many entries of windows and values of baselines were dropped because a limit was reached. Above 0, a correlation may have been
   * missed, or a known value found again.
   */
  readonly forgotten: number
  /**
   * The windows as a text, for the detector of a later process. Of each rule it has the groups that were used last, 2,000 entries at most.
   */
  windows(): string
  /**
   * What first-seen rules have learned since the last call: texts to keep for the detector of a later process, each in place of the one with
   * its name. Undefined in place of a text: forget it.
   */
  baselineChanges(): ReadonlyMap<string, string | undefined>
}

const mostGids = 100

/** For plain JavaScript: without rules, nothing would ever be found. */
function checkOptions({
  rules,
  latenessMs: _,
  windows: __,
  baselines: ___,
  ...others
}: Readonly<Record<string, unknown>>): void {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new TypeError(
      `createDetector has no option ${JSON.stringify(unknown)}. The options are rules, latenessMs, windows and baselines.`,
    )
  }
  if (!Array.isArray(rules)) {
    throw new TypeError('The option rules of createDetector must be a list, such as await shippedRules().')
  }
}

/** Runs rules over a stream of events. Memory is bounded for any stream. Throws a TypeError for invalid options. */
export function createDetector(options: DetectorOptions): Detector {
  checkOptions({ ...options })
  const { rules, latenessMs = 45 * 60_000, windows = '{}', baselines = new Map() } = options
  const before = readWindows(windows)
  const correlators = new Map<CorrelationRule, Correlator>()
  for (const rule of rules) {
    if (rule.kind === 'correlation') correlators.set(rule, createCorrelator(rule, latenessMs, before(rule)))
  }

  const learned = openBaselines(rules, baselines)

  return {
    add(event) {
      const at = parseMillis(event.created_at)
      const held = new Map<Rule, readonly Occurrence[]>()
      const hits: Hit[] = []
      for (const rule of rules) {
        if (rule.kind === 'event') {
          if (!rule.matches(event)) continue
          held.set(rule, at === undefined ? [] : [{ at, gid: event.gid, event }])
          if (rule.reports) hits.push({ rule, event })
          continue
        }
        const occurrences = (part: Rule): readonly Occurrence[] => held.get(part) ?? []
        if (rule.kind === 'first_seen') {
          const seen = rule.parts.flatMap(occurrences).map((one) => [one, learned.add(rule, one)] as const)
          const [found] = seen.flatMap(([occurrence, firstSeen]) =>
            firstSeen ? [{ occurrence, firstSeen }] : [],
          )
          if (!found) continue
          held.set(rule, [found.occurrence])
          if (rule.reports) hits.push({ rule, event: found.occurrence.event, firstSeen: found.firstSeen })
          continue
        }
        const correlator = correlators.get(rule) as Correlator
        const found = rule.parts.flatMap((part, index) =>
          occurrences(part).flatMap((occurrence) => correlator.add(index, occurrence)),
        )
        if (found.length === 0) continue
        held.set(
          rule,
          found.map(({ occurrence }) => occurrence),
        )
        const fresh = found.find(({ isNew }) => isNew)
        if (rule.reports && fresh)
          hits.push({ rule, event, correlated: { group: fresh.group, ...summary(fresh.entries) } })
      }
      return hits
    },
    get forgotten() {
      return [...correlators.values()].reduce((sum, { forgotten }) => sum + forgotten, learned.forgotten())
    },
    windows: () => windowsText(correlators),
    baselineChanges: learned.changes,
  }
}

/** Of at least one entry: a correlation holds for something. */
function summary(entries: readonly Entry[]): Omit<NonNullable<Hit['correlated']>, 'group'> {
  const time = (entry: Entry | undefined) => new Date((entry as Entry).at).toISOString()
  return {
    count: entries.length,
    first: time(entries[0]),
    last: time(entries.at(-1)),
    gids: entries.slice(-mostGids).map(({ gid }) => gid),
  }
}
