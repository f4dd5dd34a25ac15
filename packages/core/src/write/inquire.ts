import { isAnotherTaken } from './other-record.ts'
import { pauseForSetUp } from './pause-for-set-up.ts'
import { setAsideTooOld } from './set-aside-too-old.ts'
import type { WriteProgress } from './write-progress.ts'

/** So many refusals in a row say more about the set-up than about records. */
const mostRejectedInRow = 20
/** So many in a row, all older than whatever was taken, say that it may be their age. */
const fewestTooOld = 3

/** Whether refusals look like more than single records. Only after refusals of this lane: those of another keep it from nothing. */
export function isDoubtful<R>(progress: WriteProgress<R>): boolean {
  const { health } = progress.options
  const { rejectedInRow, writes } = progress
  const suspects = progress.suspects.length
  if (rejectedInRow === 0 || (suspects === 0 && writes.length === 0)) return false
  if (rejectedInRow >= mostRejectedInRow) return true
  if (suspects === 0) return false
  if (health.rejectedInRow >= mostRejectedInRow || mayBeTooOld(progress)) return true
  return writes.length === 0 && !health.isProven && suspects > health.vouchedFor
}

function mayBeTooOld<R>(progress: WriteProgress<R>): boolean {
  const { suspects, rejectedInRow, options } = progress
  const isEnough = options.health.age.hasLimit || rejectedInRow >= fewestTooOld
  return isEnough && suspects.length > 0 && progress.areBeyond(suspects.map(({ index }) => index))
}

/**
 * Finds out whether it is the records, their age or the set-up. One other record tells, at best a newer one: where that is not
 * taken either it is the set-up, and nothing is set aside. Where it is, and what was refused is older than everything that was
 * ever taken, it is the age.
 */
export async function inquire<R>(progress: WriteProgress<R>): Promise<void> {
  const inquired = progress.options.health.suspect()
  let isTaken: boolean
  try {
    isTaken = await isAnotherTaken(progress)
  } finally {
    inquired()
  }
  if (!isTaken) return pauseForSetUp(progress)
  const isAge = mayBeTooOld(progress)
  const suspects = progress.clear()
  const newest = progress.byAge(suspects.map(({ index }) => index)).at(-1)
  if (newest === undefined) return
  // Once more after the other was taken: a destination that refuses everything for a while looks the same.
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
    await setAsideTooOld(progress, typeof answer === 'object' ? [newest, answer] : undefined)
  }
}
