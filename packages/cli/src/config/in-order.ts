import type { Problem } from '../terminal/problem.ts'
import { lineIn, settingIn } from './yaml/file-line.ts'

/**
 * Each problem once: those of a settings file in the order of their lines, as a person corrects them, then the others as they were found.
 * `unset`: the settings whose variables are not set. A problem says that already. Every other problem of such a setting only follows from
 * it, and is left out. So is a problem of token_file if somebody wrote token.
 */
export function inOrder(problems: readonly Problem[], unset: readonly string[] = []): Problem[] {
  const explained = new Set(unset.map(withoutPlace))
  const written = new Set(problems.map(({ setting }) => settingIn(setting)))
  const follows = ({ setting }: Problem): boolean => {
    const path = settingIn(setting)
    if (path === undefined) return false
    return explained.has(withoutPlace(path)) || (ofSecret.test(path) && written.has(withoutPlace(path)))
  }
  const own = problems.filter((problem) => !follows(problem))
  const each = new Map(own.map((problem) => [`${problem.setting}\n${problem.message}`, problem]))
  return [...each.values()].toSorted((one, other) => lineOf(one) - lineOf(other))
}

const endOfSecret = /_(file|env|exec)$/
/** A secret has no setting without an ending: `token` alone does not exist, only `token_file`, `token_env` and `token_exec`. */
const ofSecret = /(token|secret)_(file|env|exec)$/

/** The three settings of a secret count as one, and so do the items of a list. */
function withoutPlace(path: string): string {
  return path.replace(/\[\d+\]$/, '').replace(endOfSecret, '')
}

function lineOf({ setting }: Problem): number {
  return lineIn(setting) ?? Number.MAX_SAFE_INTEGER
}
