import type { Fault } from '../fault.ts'
import { countTooOld } from './count-too-old.ts'
import { isOtherTaken } from './other-record.ts'
import { pauseForSetUp } from './pause-for-set-up.ts'
import type { LoneAnswer, WriteProgress } from './write-progress.ts'

/** So many lists are set aside for their age on the word of one acceptance: the set-up may break in between. */
const mostListsInRow = 20

/**
 * Sets aside what is too old of the first write, with few questions; what is left of it goes out next, in order.
 * `known`: an index that has been refused by itself already.
 */
export async function setAsideTooOld<R>(
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
  // A temporary fault that stays says nothing about age.
  progress.isAgeLeftOut = [...answers.values()].includes('unclear')
  const isLeft = (index: number): boolean => {
    const answer = answers.get(index)
    return answer !== 'taken' && answer !== 'uncertain'
  }
  const aside = list.slice(0, tooOld).filter((index) => isLeft(index) && !progress.isAgeLeftOut)
  progress.setTooOld(aside, tooOldReason([...answers.values()].findLast(isRejection)))
  const gone = new Set([...aside, ...first.filter((index) => !isLeft(index))])
  progress.writes = [first.filter((index) => !gone.has(index)).toSorted((a, b) => a - b), ...others]
}

function isRejection(answer: LoneAnswer): answer is Fault<'rejected'> {
  return typeof answer === 'object'
}

function tooOldReason(told: Fault | undefined): string {
  const words = told ? ` It says: ${told.message}` : ''
  return `The destination takes newer events and refuses this and what is older, so it is too old for it. Raise the limit of age there, then replay the quarantine.${words}`
}
