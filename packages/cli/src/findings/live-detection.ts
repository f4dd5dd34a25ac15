import { type Claim, type Clock, type Commit, type DurableState, fault, type Lane } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import { createDetector, type Detector, type DetectorOptions, isAtLeast } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { DetectSettings } from '../config/monitoring/detect.ts'
import type { Finding, SendFinding } from '../progress/finding/finding.ts'
import type { Report } from '../progress/reporters/reporter.ts'
import { findingDelivery } from './finding-delivery.ts'
import { findingOf } from './finding-of.ts'
import { findingsNotWritten } from './findings-not-written.ts'
import { openToldFindings } from './told-findings.ts'

/** The names of the state's notes of the detector. */
const windowsNote = 'windows'
const baselineStart = 'baseline '
/** How long the end of a pipeline waits for its destination. What that has not taken then is sent by the next run. */
const graceMs = 3_000

export interface LiveDetectionOptions {
  readonly pipeline: string
  readonly settings: DetectSettings
  /** How late an event may come and still count, in milliseconds. */
  readonly latenessMs: number
  readonly state: Pick<DurableState, 'keepNotes' | 'notesOf'>
  readonly report: Pick<Report, 'warning' | 'found' | 'finding'>
  readonly clock?: Clock
}

/** Where the rules see the events of a pipeline: between the mapping of an event and the commit of the position after it. */
export interface LiveDetection {
  /** Tells what the last run could not, and from then on what is found. `send` is left out where the destination has no place for findings. */
  begin(send: SendFinding | undefined): void
  /** The mapping, which notes each event for the rules. */
  mapping<R>(map: (event: AuditLogEvent) => R): (event: AuditLogEvent) => R
  /**
   * The claim, with a lane `live` that runs the rules before it commits: findings and windows are saved first, so that a crash in between
   * repeats the events, and the same ids come again and are dropped.
   */
  watched(claim: Claim): Claim
  /** Tells the destination what waits, for a short time. Call it before the destination is closed. */
  close(): Promise<void>
}

/** The rules were read before, so what it refuses now is what the state holds. */
function openDetector(options: DetectorOptions): Detector {
  try {
    return createDetector(options)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const message =
      'What the rules have learned cannot be read from the state: another program has changed it. Put a copy of the state back.'
    throw fault({ fault: 'fatal', code: 'corrupt_state', message, cause })
  }
}

/** Opens the windows as the last run left them. Rejects with a fault. */
export async function openLiveDetection(options: LiveDetectionOptions): Promise<LiveDetection> {
  const { pipeline, settings, latenessMs, state, report, clock = systemClock } = options
  const notes = await state.notesOf(pipeline)
  let windows = notes.get(windowsNote) ?? '{}'
  const detector = openDetector({
    rules: settings.rules,
    latenessMs,
    windows,
    baselines: baselinesIn(notes),
  })
  const told = openToldFindings({ pipeline, state, report, before: notes })
  /** Mapped and not yet committed: what the loop of deliveries holds itself. */
  const pending = new Map<string, AuditLogEvent>()
  const judged = new WeakMap<Commit, readonly Finding[]>()
  let delivery: ReturnType<typeof findingDelivery> | undefined
  /** What first-seen rules have learned and the state does not have yet. */
  let unsaved = new Map<string, string | undefined>()
  let forgotten = 0
  let hasFailed = false

  /** A defect in a rule must not stop the delivery of events. It is said once. */
  function findingsAt(event: AuditLogEvent): readonly Finding[] {
    try {
      const hits = detector.add(event).filter(({ rule }) => isAtLeast(rule.level, settings.level))
      return hits.map(findingOf)
    } catch (error) {
      if (!hasFailed) {
        const message = `A rule failed at event ${event.gid} (${error instanceof Error ? error.message : String(error)}), so not all rules checked it. The event is delivered. Later failures of rules are not reported.`
        report.warning(pipeline, { code: 'rule_failed', message })
      }
      hasFailed = true
      return []
    }
  }

  function judge(events: readonly AuditLogEvent[]): Finding[] {
    return told.add(events.flatMap(findingsAt))
  }

  function sayForgotten(): void {
    if (detector.forgotten === forgotten) return
    forgotten = detector.forgotten
    const message = `${forgotten.toLocaleString('en')} events or values did not fit into the memory of rules: correlations may miss something, and first-seen rules find a known value again.`
    report.warning(pipeline, { code: 'windows_full', message })
  }

  /** Saves what a commit brings. Called again for a commit that is tried again. */
  async function beforeCommit(commit: Commit): Promise<void> {
    let found = judged.get(commit)
    if (!found) {
      found = judge(taken(pending, commit))
      judged.set(commit, found)
      sayForgotten()
    }
    const now = detector.windows()
    for (const [name, text] of detector.baselineChanges()) unsaved.set(`${baselineStart}${name}`, text)
    const changed = new Map([...unsaved, ...(found.length > 0 ? told.notes(found) : [])])
    if (now !== windows) changed.set(windowsNote, now)
    if (changed.size === 0) return
    await state.keepNotes(pipeline, changed)
    windows = now
    unsaved = new Map()
  }

  function afterCommit(commit: Commit): void {
    const found = judged.get(commit) ?? []
    judged.delete(commit)
    for (const finding of found) {
      report.warning(pipeline, { code: 'finding', message: `${finding.message} Finding ${finding.id}.` })
      report.found?.(pipeline, finding)
      told.tell(finding)
    }
  }

  return {
    begin(send) {
      if (send) {
        const say: Parameters<typeof findingDelivery>[0]['say'] = (warning) =>
          report.warning(pipeline, warning)
        delivery = findingDelivery({ send, clock, say })
      } else report.warning(pipeline, findingsNotWritten)
      told.begin(delivery)
    },
    mapping: (map) => (event) => {
      const record = map(event)
      pending.set(event.gid, event)
      return record
    },
    watched: (claim) => ({
      ...claim,
      async lane(name, fingerprint) {
        const lane = await claim.lane(name, fingerprint)
        if (name !== 'live') return forgetting(lane, pending)
        return {
          ...lane,
          async commit(commit) {
            await beforeCommit(commit)
            await lane.commit(commit)
            afterCommit(commit)
          },
        }
      },
    }),
    async close() {
      await delivery?.close(graceMs)
      await told.saved()
    },
  }
}

function baselinesIn(notes: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...notes].flatMap(([name, text]) =>
      name.startsWith(baselineStart) ? [[name.slice(baselineStart.length), text] as const] : [],
    ),
  )
}

/** The events of a commit, in the order of the log, also those the destination refused. */
function taken(pending: Map<string, AuditLogEvent>, { delivered, quarantined }: Commit): AuditLogEvent[] {
  const ids = [...delivered, ...quarantined].flatMap(({ id }) => id ?? [])
  return ids.flatMap((id) => {
    const event = pending.get(id)
    pending.delete(id)
    return event ?? []
  })
}

/** The rules see new events alone. Those of a backlog are let go. */
function forgetting(lane: Lane, pending: Map<string, AuditLogEvent>): Lane {
  return {
    ...lane,
    async commit(commit) {
      await lane.commit(commit)
      taken(pending, commit)
    },
  }
}
