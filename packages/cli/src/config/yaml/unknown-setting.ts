import { didYouMean } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'

/** The problem of a secret that is written into the file itself. */
function secretInFile(name: string): Omit<Problem, 'setting'> {
  const message = `There is no such setting: the ${name} does not stand in this file. Give the path of a file that holds it in ${name}_file, the name of a variable in ${name}_env, or a command that prints it in ${name}_exec.`
  return { message }
}

/** The problem of an unknown setting, without its name. What is known is listed only if nothing is like the name. */
export function unknownSetting(name: string, known: readonly string[]): Omit<Problem, 'setting'> {
  const message = 'There is no such setting.'
  if (known.includes(`${name}_file`) && known.includes(`${name}_env`)) return secretInFile(name)
  const meant = didYouMean(name, known)
  return meant === '' ? { message, known } : { message: message + meant }
}
