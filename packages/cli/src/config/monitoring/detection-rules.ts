import { createHash } from 'node:crypto'
import { codeOf } from '@asana-audit/core/sink-kit'
import { type Rule, type RuleProblem, readRules, ruleFiles, shippedRuleFiles } from '@asana-audit/detections'
import type { Problem, Warning } from '../../terminal/problem.ts'

/** What stands in place of a path for the rules that come with the command. */
export const shipped = 'shipped'

export interface FoundRules {
  readonly rules: readonly Rule[]
  /** Equal for equal texts. */
  readonly digest: string
  /** About fields and event types that may be mistyped. */
  readonly warnings: readonly Warning[]
}

/** Reads the rules of these paths. Undefined if there is a problem; each is added under the name of this setting. */
export async function detectionRules(
  paths: readonly string[],
  setting: string,
  problems: Problem[],
  resolved: (path: string) => string = (path) => path,
): Promise<FoundRules | undefined> {
  const before = problems.length
  const files = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      try {
        const found = await (path === shipped ? shippedRuleFiles() : ruleFiles(resolved(path)))
        if (found.length > 0) return found
        problems.push({
          setting,
          message: `There are no rules in ${path}: no .yml and no .yaml files. Name a folder that has some.`,
        })
      } catch (error) {
        const message =
          codeOf(error) === 'not_a_file'
            ? `${(error as { path?: string }).path} is not a file, such as a named pipe. Move it away, or name the files.`
            : `${path} cannot be read (${codeOf(error)}). Name a file or a folder of Sigma rules, or ${shipped}.`
        problems.push({ setting, message })
      }
      return []
    }),
  )
  if (problems.length > before) return undefined
  const all = files.flat()
  const read = readRules(all)
  if ('rules' in read) {
    const digest = createHash('sha256').update(JSON.stringify(all)).digest('base64url')
    const warnings = read.warnings.map((one) => ({ code: 'unknown_in_rule', message: placed(one) }))
    return { rules: read.rules, digest, warnings }
  }
  problems.push(...read.problems.map((one) => ({ setting, message: placed(one) })))
  return undefined
}

function placed({ file, rule, message }: RuleProblem): string {
  const where = rule === undefined ? file : `${file}, ${JSON.stringify(rule)}`
  return `${where}: ${message}`
}
