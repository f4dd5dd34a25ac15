import type { Problem } from '../terminal/problem.ts'
import { lineIn } from './yaml/file-line.ts'

/** Each problem once: those of a settings file by their lines, as a person mends them, then the others as they were found. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const each = new Map(problems.map((problem) => [`${problem.setting}\n${problem.message}`, problem]))
  return [...each.values()].toSorted((one, other) => lineOf(one) - lineOf(other))
}

function lineOf({ setting }: Problem): number {
  return lineIn(setting) ?? Number.MAX_SAFE_INTEGER
}
