import { didYouMean } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'

/** The problem of an unknown setting, without its name. What is known is listed only if nothing is like the name. */
export function unknownSetting(name: string, known: readonly string[]): Omit<Problem, 'setting'> {
  const message = 'There is no such setting.'
  const meant = didYouMean(name, known)
  return meant === '' ? { message, known } : { message: message + meant }
}
