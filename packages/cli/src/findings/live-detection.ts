import { type Claim, type Commit, isFault, type Lane } from '@asana-audit/core'
import type { SqliteState } from '@asana-audit/core/sqlite-state'
import { createDetector, type Hit, isAtLeast } from '@asana-audit/detections'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { DetectSettings } from '../config/monitoring/detect.ts'
import type { Finding } from '../progress/finding.ts'
import type { Report } from '../progress/reporter.ts'
import { findingOf } from './finding-of.ts'
import { findingsText, type KeptFindings, readFindings } from './kept-findings.ts'

/** The name of the state's notes. */
const noteName = 'findings'
/** So many ids are known, and so many findings wait for a receiver. */
const most = 1_000

export interface LiveDetectionOptions {
  readonly pipeline: string
  readonly settings: DetectSettings
  /** How late an event may come and still count, in milliseconds. */
  readonly latenessMs: number
  readonly state: Pick<SqliteState, 'note' | 'notes'>
  readonly report: Pick<Report, 'warning' | 'finding'>
}

/** Where the rules see the events of a pipeline: between the mapping of an event and the commit of the position after it. */
export interface LiveDetection {
  /** The mapping, which notes each event for the rules. */
  mapping<R>(map: (event: AuditLogEvent) => R): (event: AuditLogEvent) => R
  /**
   * The claim, with a lane `live` that runs the rules before it commits: findings and windows are saved first, so that a crash in between
   * repeats the events, and the same ids come again and are dropped.
   */
  watched(claim: Claim): Claim
}

/** Opens the windows as the last run left them, and tells what it could not. Rejects with a fault. */
export async function openLiveDetection(options: LiveDetectionOptions): Promise<LiveDetection> {
  const { pipeline, settings, latenessMs, state, report } = options
  const text = (await state.notes(noteName)).get(pipeline)
  const before: KeptFindings =
    text === undefined ? { windows: '{}', ids: [], untold: [] } : readFindings(text)
  let { windows } = before
  const detector = createDetector({ rules: settings.rules, latenessMs, windows })
  const ids = new Set(before.ids)
  const untold = new Map(before.untold.map((finding) => [finding.id, finding]))
  /** Mapped and not yet committed: what the loop of deliveries holds itself. */
  const pending = new Map<string, AuditLogEvent>()
  const judged = new WeakMap<Commit, readonly Finding[]>()
  let forgotten = 0
  let hasFailed = false

  const save = (): Promise<void> =>
    state.note(pipeline, noteName, findingsText({ windows, ids: [...ids], untold: [...untold.values()] }))

  function tell(finding: Finding): void {
    if (!untold.has(finding.id)) return
    const told = report.finding?.(pipeline, finding) ?? Promise.resolve()
    told.then(
      async () => {
        untold.delete(finding.id)
        await save().catch((error: unknown) => {
          // Told again by the next run, with the same id.
          if (!isFault(error)) throw error
        })
      },
      () => {}, // The run ends first. The state says that it is not told.
    )
  }

  /** A defect in a rule must not stop the delivery of events. It is said once. */
  function hitsOf(event: AuditLogEvent): readonly Hit[] {
    try {
      return detector.add(event)
    } catch (error) {
      if (!hasFailed) {
        const message = `A rule failed at event ${event.gid} (${error instanceof Error ? error.message : String(error)}), so it was not judged. It is delivered all the same. This is said once.`
        report.warning(pipeline, { code: 'rule_failed', message })
      }
      hasFailed = true
      return []
    }
  }

  function judge(events: readonly AuditLogEvent[]): Finding[] {
    const found: Finding[] = []
    for (const event of events) {
      for (const hit of hitsOf(event)) {
        if (!isAtLeast(hit.rule.level, settings.level)) continue
        const finding = findingOf(hit)
        if (ids.has(finding.id)) continue
        ids.add(finding.id)
        found.push(finding)
      }
    }
    return found
  }

  function keep(found: readonly Finding[]): void {
    for (const id of [...ids].slice(0, Math.max(0, ids.size - most))) ids.delete(id)
    const room = most - untold.size
    for (const finding of found.slice(0, room)) untold.set(finding.id, finding)
    if (found.length > room) {
      const message = `${most.toLocaleString('en')} findings wait for a receiver of alarms, so newer ones are only in this log.`
      report.warning(pipeline, { code: 'findings_full', message })
    }
    if (detector.forgotten === forgotten) return
    forgotten = detector.forgotten
    const message = `${forgotten.toLocaleString('en')} events did not fit into the windows of correlations, which may miss something.`
    report.warning(pipeline, { code: 'windows_full', message })
  }

  /** Saves what a commit brings. Called again for a commit that is tried again. */
  async function beforeCommit(commit: Commit): Promise<void> {
    let found = judged.get(commit)
    if (!found) {
      found = judge(taken(pending, commit))
      keep(found)
      judged.set(commit, found)
    }
    const now = detector.windows()
    if (found.length === 0 && now === windows) return
    windows = now
    await save()
  }

  function afterCommit(commit: Commit): void {
    for (const finding of judged.get(commit) ?? []) {
      report.warning(pipeline, { code: 'finding', message: `${finding.message} Finding ${finding.id}.` })
      tell(finding)
    }
  }

  for (const finding of before.untold) tell(finding)

  return {
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
  }
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
