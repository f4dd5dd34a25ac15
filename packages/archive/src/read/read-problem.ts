import type { ArchiveProblem } from '../verify/archive-problem.ts'

type Code = ArchiveProblem['code']

/** Part of an archive that is not read, and what to do: the sentence that a user gets. */
export function readProblem(code: Code, key: string, what: string, place: string): ArchiveProblem {
  const message = `${key} ${what}, so it is left out. See what else is wrong: asana-audit archive verify ${place}`
  return { code, key, message }
}
