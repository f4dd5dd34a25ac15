import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type Rule, shippedRulesFolder } from '@asana-audit/detections'

/** One rule as a search of the Splunk add-on. */
export interface SplunkSearch {
  /** The name of the rule file without its ending. */
  readonly rule: string
  readonly id: string
  readonly title: string
  readonly description: string
  readonly level: string
  readonly tags: readonly string[]
  /** The lines of SPL. They begin with the macro `asana_audit`. */
  readonly search: readonly string[]
  /** For a correlation: the longest time between its events, in seconds, and the fields in which they agree. */
  readonly timespanSeconds?: number
  readonly groupBy?: readonly string[]
  /** `hand`: the Splunk backend of pySigma cannot convert it. */
  readonly convertedBy: 'pysigma' | 'hand'
}

const script = join(import.meta.dirname, '../python/sigma_to_splunk.py')
export const splunkFolder: string = join(shippedRulesFolder, '../splunk')

/** Every rule of Sigma that reports hits, not those of our own type `first_seen`. pySigma converts it, or else its search is in `splunk/by-hand`. */
export async function splunkSearches(python: string, rules: readonly Rule[]): Promise<SplunkSearch[]> {
  const { stdout } = await promisify(execFile)(python, [script, shippedRulesFolder])
  const converted = JSON.parse(stdout) as Record<string, string | null>
  return rules
    .filter(({ reports, kind }) => reports && kind !== 'first_seen')
    .map((rule) => {
      const { id, title, description, level, tags } = rule
      const name = basename(rule.file, '.yml')
      const byMachine = converted[`${name}.yml`]
      const byHand = join(splunkFolder, 'by-hand', `${name}.spl`)
      if (byMachine && existsSync(byHand))
        throw new Error(`${byHand} is not needed: pySigma converts the rule.`)
      const search = byMachine ?? readFileSync(byHand, 'utf8')
      return {
        rule: name,
        id,
        title,
        description,
        level,
        tags,
        search: search.trim().split('\n'),
        ...(rule.kind === 'correlation' && {
          timespanSeconds: rule.timespanMs / 1_000,
          groupBy: rule.groupBy.map((field) => field.name),
        }),
        convertedBy: byMachine ? ('pysigma' as const) : ('hand' as const),
      }
    })
    .sort((a, b) => (a.rule < b.rule ? -1 : 1))
}
