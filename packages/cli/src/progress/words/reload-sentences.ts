import type { Problem } from '../../terminal/problem.ts'
import type { Reload } from '../reporters/reporter.ts'

export function reloadSentence({ added, changed, removed, unchanged }: Reload): string {
  const parts = Object.entries({ added, changed, removed }).flatMap(([what, names]) =>
    names.length > 0 ? `${what}: ${names.join(', ')}` : [],
  )
  const others = `${unchanged} go on as they were`
  return `The settings were read again. ${[...parts, others].join('; ')}.`
}

export function reloadRefusal({ length }: readonly Problem[]): string {
  const count = length === 1 ? 'one problem' : `${length} problems`
  return `The settings were read again and refused, with ${count}. Everything goes on with the old ones. Correct the file and send SIGHUP again.`
}
