import { type Document, parseAllDocuments } from 'yaml'
import type { Rule, RuleProblem } from '../rule.ts'
import { type ParsedRule, parseRule } from './parse-rule.ts'
import { resolveRules } from './resolve-rules.ts'

/** The text of a rule file and its name. */
export interface RuleFile {
  readonly name: string
  /** Sigma's YAML, one or more documents. */
  readonly text: string
}

export type ReadRules =
  | {
      readonly rules: readonly Rule[]
      /** Fields and event types that this version does not know. They may be mistyped; then the rule never matches. */
      readonly warnings: readonly RuleProblem[]
    }
  | { readonly problems: readonly RuleProblem[] }

/**
 * Sigma rules ready to run, the parts of a correlation before the correlation; or all problems of all rules at once.
 * Syntax that the evaluator does not support is a problem that names it; it never silently changes the meaning of a
 * rule.
 */
export function readRules(files: readonly RuleFile[]): ReadRules {
  const problems: RuleProblem[] = []
  const warnings: RuleProblem[] = []
  const parsed = files.flatMap((file) => parseFile(file, problems, warnings))
  const rules = resolveRules(parsed, problems)
  return problems.length > 0 ? { problems } : { rules, warnings }
}

function parseFile(
  { name: file, text }: RuleFile,
  problems: RuleProblem[],
  warnings: RuleProblem[],
): ParsedRule[] {
  const documents = parseAllDocuments(text)
  const found = Array.isArray(documents) ? documents : []
  if (found.length === 0) problems.push({ file, rule: undefined, message: 'The file has no rule.' })
  return found.flatMap((document) => {
    const [error] = document.errors
    if (error) {
      problems.push({
        file,
        rule: undefined,
        // Without the lines of the file that follow a colon.
        message: `It is not valid YAML: ${error.message.split('\n')[0]?.replace(/:$/, '')}.`,
      })
      return []
    }
    const data = asData(document)
    if ('problem' in data) {
      problems.push({ file, rule: undefined, message: data.problem })
      return []
    }
    const read = parseRule(data.rule, file)
    if ('problems' in read) {
      problems.push(...read.problems.map((message) => ({ file, rule: read.title, message })))
      return []
    }
    const { title } = 'correlation' in read.rule ? read.rule.about : read.rule
    warnings.push(...read.unknown.map((message) => ({ file, rule: title, message })))
    return [read.rule]
  })
}

function asData(document: Document): { readonly rule: unknown } | { readonly problem: string } {
  try {
    return { rule: document.toJS({ maxAliasCount: 100 }) }
  } catch (error) {
    // Errors about aliases are thrown; they are not in the list of errors.
    if (!(error instanceof ReferenceError)) throw error
    const problem = `It is not valid YAML: ${error.message}. Put a text that begins with * in quotes, for example event_type: "*_deleted".`
    return { problem }
  }
}
