import type { ArchiveProblem } from '../verify/archive-problem.ts'

type Code = ArchiveProblem['code']

/** An object of a format that gives no events back, of a day that is in no other one. */
export function unreadable(key: string, place: string): ArchiveProblem {
  const what = 'has a format that does not give events back, and no other object has that day'
  return readProblem('unreadable', key, what, place)
}

/** Part of an archive that is not read, and what to do: the sentence that a user gets. */
export function readProblem(code: Code, key: string, what: string, place: string): ArchiveProblem {
  const message = `${key} ${what}, so it is not read. asana-audit archive verify ${place} shows what else is wrong.`
  return { code, key, message }
}
