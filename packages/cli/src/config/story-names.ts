import { isStoryName, storyNames as known, type StoryName } from '@asana-audit/simulator'
import { didYouMean } from '../terminal/did-you-mean.ts'
import type { Problem } from '../terminal/problem.ts'

/** The stories named by flags; `all` means every one. Unknown names are added to `problems`. */
export function storyNames(given: readonly string[], problems: Problem[]): StoryName[] {
  if (given.includes('all')) return [...known]
  const names = [...new Set(given)]
  for (const name of names.filter((one) => !isStoryName(one))) {
    const message = `There is no story ${JSON.stringify(name)}.${didYouMean(name, known)} Give all, or one of ${known.join(', ')}.`
    problems.push({ setting: '--story', message })
  }
  return names.filter(isStoryName)
}
