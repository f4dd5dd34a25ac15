import { nearestName } from '@asana-audit/schema/options'
import type { SettingProblem } from './setting-problem.ts'
import type { WrittenSetting } from './written-setting.ts'

/** One of the known words, in any case. Undefined if it is not written; anything else is added to the problems. */
export function readWord<Word extends string>(
  { setting, value }: WrittenSetting,
  known: readonly Word[],
  problems: SettingProblem[],
): Word | undefined {
  if (!value) return undefined
  const word = known.find((one) => one === value.toLowerCase())
  if (!word) {
    const nearest = nearestName(value, known)
    const good = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    problems.push({ setting, message: `It must be one of ${known.join(', ')}.${good}` })
  }
  return word
}
