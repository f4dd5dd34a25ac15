import type { SettingProblem } from './setting-problem.ts'
import type { WrittenSetting } from './written-setting.ts'

/** `true` or `false`, in any case. False if it is not written; anything else is added to the problems. */
export function readFlag({ setting, value }: WrittenSetting, problems: SettingProblem[]): boolean {
  const flag = value?.toLowerCase()
  if (flag && flag !== 'true' && flag !== 'false') {
    problems.push({ setting, message: 'It must be true or false.' })
  }
  return flag === 'true'
}
