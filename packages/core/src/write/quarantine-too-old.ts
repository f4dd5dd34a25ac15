import type { Fault } from '../fault.ts'
import { countTooOld } from './count-too-old.ts'
import { isOtherTaken } from './other-record.ts'
import { pauseForSetUp } from './pause-for-set-up.ts'
import type { LoneAnswer, WriteProgress } from './write-progress.ts'

/** After one acceptance at most this many lists are quarantined for their age. Later refusals may come from a set-up that has broken. */
const mostListsInRow = 20

/**
 * Quarantines the records of the first write that are too old, with few test writes. The rest of it is sent next, in order.
 * `known`: the index of a record that was already refused when sent alone, and that refusal.
 */
export async function quarantineTooOld<R>(
  progress: WriteProgress<R>,
  known?: readonly [index: number, refusal: Fault<'rejected'>],
): Promise<void> {
  const { age } = progress.options.health
  if (age.listsInRow >= mostListsInRow && !(await isOtherTaken(progress))) return pauseForSetUp(progress)
  const [first = [], ...others] = progress.writes
  const list = progress.byAge(first)
  const answers = new Map<number, LoneAnswer>(known ? [known] : [])
  const tooOld = await countTooOld(list.length, async (position) => {
    const index = list[position]!
    const answer = answers.get(index) ?? (await progress.sendAlone(index))
    answers.set(index, answer)
    return answer === 'taken'
  })
  // A temporary fault that does not go away says nothing about age.
  progress.ignoresAge = [...answers.values()].includes('unclear')
  const isLeft = (index: number): boolean => {
    const answer = answers.get(index)
    return answer !== 'taken' && answer !== 'uncertain'
  }
  const tooOldOnes = list.slice(0, tooOld).filter((index) => isLeft(index) && !progress.ignoresAge)
  progress.setTooOld(tooOldOnes, tooOldReason([...answers.values()].findLast(isRejection)))
  const gone = new Set([...tooOldOnes, ...first.filter((index) => !isLeft(index))])
  progress.writes = [first.filter((index) => !gone.has(index)).toSorted((a, b) => a - b), ...others]
}

function isRejection(answer: LoneAnswer): answer is Fault<'rejected'> {
  return typeof answer === 'object'
}

function tooOldReason(told: Fault | undefined): string {
  const words = told ? ` It says: ${told.message}` : ''
  return `The destination accepts newer events and refuses this one and older ones: the event is too old for it. Raise the limit of age there, then replay the quarantine.${words}`
}
