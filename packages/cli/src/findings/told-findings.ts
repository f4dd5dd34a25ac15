import { type DurableState, isFault } from '@asana-audit/core'
import type { Finding } from '../progress/finding/finding.ts'
import { lastFindingsNote, readLastFindings, withFindings } from '../progress/finding/last-findings.ts'
import type { Report } from '../progress/reporters/reporter.ts'
import type { FindingDelivery } from './finding-delivery.ts'
import { findingNote, idsNote, type Receiver, readFindings, receivers } from './kept-findings.ts'

/** How many ids are remembered (more after a commit that found more), and how many findings may wait for a receiver. */
const mostFindings = 1_000

export interface ToldFindingsOptions {
  readonly pipeline: string
  readonly state: Pick<DurableState, 'keepNotes'>
  readonly report: Pick<Report, 'warning' | 'finding'>
  /** The notes of the pipeline as the last run left them. */
  readonly before: ReadonlyMap<string, string>
}

/** Which findings are known, and who has not taken them yet. */
export interface ToldFindings {
  /** Those that are new, with an id that is not known yet. They wait from now on. */
  add(found: readonly Finding[]): Finding[]
  /** What the state must keep after these were added. */
  notes(added: readonly Finding[]): ReadonlyMap<string, string>
  /** What the last run could not tell is told now. Without `delivery`, findings have no place at the destination. */
  begin(delivery: Pick<FindingDelivery, 'put'> | undefined): void
  /** Tells everybody a finding that was added. */
  tell(finding: Finding): void
  /** Resolves once the state has what was told until now. */
  saved(): Promise<void>
}

/** Throws a fatal `corrupt_state`. */
export function openToldFindings({ pipeline, state, report, before }: ToldFindingsOptions): ToldFindings {
  const kept = readFindings(before)
  const ids = new Set(kept.ids)
  let last = readLastFindings(before.get(lastFindingsNote))
  const untold: Readonly<Record<Receiver, Map<string, Finding>>> = {
    destination: new Map(kept.untold.destination.map((finding) => [finding.id, finding])),
    alarm: new Map(kept.untold.alarm.map((finding) => [finding.id, finding])),
  }
  let delivery: Pick<FindingDelivery, 'put'> | undefined
  /** The names of the notes of findings that were told since the last time they were saved. */
  let told = new Set<string>()
  let saving = Promise.resolve()

  async function saveTold(): Promise<void> {
    const notes = new Map([...told].map((name) => [name, undefined]))
    told = new Set()
    await state.keepNotes(pipeline, notes)
  }

  /**
   * Several may be taken at once; they are saved together. A receiver of alarms may take one after the pipeline has ended: to remove a
   * note is right then, too.
   */
  function saveSoon(name: string): void {
    told.add(name)
    if (told.size > 1) return
    saving = saving.then(saveTold).catch((error: unknown) => {
      // Told again by the next run, with the same id.
      if (!isFault(error)) throw error
    })
  }

  const taken: Readonly<Record<Receiver, (finding: Finding) => Promise<void>>> = {
    destination: async (finding) => delivery?.put(finding),
    alarm: async (finding) => report.finding?.(pipeline, finding),
  }

  function tell(finding: Finding): void {
    for (const receiver of receivers) {
      if (!untold[receiver].has(finding.id)) continue
      taken[receiver](finding).then(
        () => {
          untold[receiver].delete(finding.id)
          saveSoon(findingNote(receiver, finding.id))
        },
        () => {}, // The run ends first. The state says that it is not told.
      )
    }
  }

  /** Returns whether there was room for all. */
  function wait(fresh: readonly Finding[], receiver: Receiver): boolean {
    const room = mostFindings - untold[receiver].size
    for (const finding of fresh.slice(0, room)) untold[receiver].set(finding.id, finding)
    return fresh.length <= room
  }

  return {
    add(found) {
      const fresh: Finding[] = []
      for (const finding of found) {
        if (ids.has(finding.id)) continue
        ids.add(finding.id)
        fresh.push(finding)
      }
      // All of this commit are kept, however many: after a crash the same events come again.
      const most = Math.max(mostFindings, fresh.length)
      for (const id of [...ids].slice(0, Math.max(0, ids.size - most))) ids.delete(id)
      last = withFindings(last, fresh)
      const isRoom = receivers.map((receiver) => wait(fresh, receiver))
      if (isRoom.includes(false)) {
        const message = `${mostFindings.toLocaleString('en')} findings wait for a receiver, so it gets none of the newer ones. They are in this log.`
        report.warning(pipeline, { code: 'findings_full', message })
      }
      return fresh
    },
    notes(added) {
      const notes = receivers.flatMap((receiver) =>
        added
          .filter(({ id }) => untold[receiver].has(id))
          .map((finding) => [findingNote(receiver, finding.id), JSON.stringify(finding)] as const),
      )
      return new Map([
        [idsNote, JSON.stringify([...ids])],
        [lastFindingsNote, JSON.stringify(last)],
        ...notes,
      ])
    },
    begin(to) {
      delivery = to
      const waiting = new Map([...untold.destination, ...untold.alarm])
      for (const finding of waiting.values()) tell(finding)
    },
    tell,
    saved: () => saving,
  }
}
