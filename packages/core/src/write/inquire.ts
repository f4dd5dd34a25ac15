import { isAnotherTaken } from './other-record.ts'
import { pauseForSetUp } from './pause-for-set-up.ts'
import { quarantineTooOld } from './quarantine-too-old.ts'
import type { WriteProgress } from './write-progress.ts'

/** From this many refusals in a row on, the set-up is a likelier cause than the records. */
const mostRejectedInRow = 20
/** From this many refusals in a row on, age may be the cause, if all are older than every accepted record. */
const fewestForAge = 3

/** Whether single bad records may not explain the refusals. Refusals of other lanes alone never stop this lane. */
export function isDoubtful<R>(progress: WriteProgress<R>): boolean {
  const { health } = progress.options
  const { rejectedInRow, writes } = progress
  const suspects = progress.suspects.length
  if (rejectedInRow === 0 || (suspects === 0 && writes.length === 0)) return false
  if (rejectedInRow >= mostRejectedInRow) return true
  if (suspects === 0) return false
  if (health.rejectedInRow >= mostRejectedInRow || mayBeTooOld(progress)) return true
  return writes.length === 0 && !health.isProven && suspects > health.quarantineAllowance
}

function mayBeTooOld<R>(progress: WriteProgress<R>): boolean {
  const { rejectedInRow, options } = progress
  const isEnough = options.health.age.hasLimit || rejectedInRow >= fewestForAge
  return isEnough && areSuspectsOld(progress)
}

function areSuspectsOld<R>(progress: WriteProgress<R>): boolean {
  const { suspects } = progress
  return suspects.length > 0 && progress.areOlderThanTaken(suspects.map(({ index }) => index))
}

/**
 * Finds out whether the records, their age or the set-up cause the refusals. It sends one other record, a newer one if possible.
 * If that is refused too, the set-up is the cause, and nothing is quarantined. If it is accepted, and the refused records are
 * older than every accepted one, their age is the cause.
 */
export async function inquire<R>(progress: WriteProgress<R>): Promise<void> {
  // Ask this before the wait: meanwhile another write of the lane may be accepted, and the count of refusals in a row starts again.
  const wasAge = mayBeTooOld(progress)
  const endSuspicion = progress.options.health.suspect()
  let isTaken: boolean
  try {
    isTaken = await isAnotherTaken(progress)
  } finally {
    endSuspicion()
  }
  if (!isTaken) return pauseForSetUp(progress)
  const isAge = (wasAge && areSuspectsOld(progress)) || mayBeTooOld(progress)
  const suspects = progress.clear()
  const newest = progress.byAge(suspects.map(({ index }) => index)).at(-1)
  if (newest === undefined) return
  // Try it again now that another record was accepted: the destination may have refused everything for a while.
  const answer = await progress.sendAlone(newest)
  const rejected = suspects.filter(
    ({ index }) => index !== newest || (answer !== 'taken' && answer !== 'uncertain'),
  )
  const indexes = rejected.map(({ index }) => index)
  if (answer === 'taken' || answer === 'unclear') progress.writes = [indexes, ...progress.writes]
  else if (!isAge) progress.unaccepted.push(...rejected)
  else {
    progress.options.health.age.hasLimit = true
    progress.writes = [[...indexes, ...progress.writes.flat()]]
    await quarantineTooOld(progress, typeof answer === 'object' ? [newest, answer] : undefined)
  }
}
