import {
  type Level,
  levels,
  type Rule,
  readRules,
  ruleFiles,
  shippedRulesFolder,
} from '@asana-audit/detections'
import type { Problem } from '../config/problem.ts'
import { storyNames } from '../config/story-names.ts'
import { eventsReader } from '../input/events-reader.ts'
import { readSource, type SourceFlags, type SourceSettings } from '../input/source-settings.ts'
import { localZone, utc, type Zone } from '../query/zone.ts'
import { simulatedWeek } from './simulated-week.ts'

export interface DetectFlags extends SourceFlags {
  readonly rules?: readonly string[]
  readonly level?: string
  readonly simulate?: boolean
  readonly story?: readonly string[]
  readonly seed?: string
  readonly json?: boolean
  readonly local?: boolean
}

export interface DetectSettings {
  readonly source: Pick<SourceSettings, 'since' | 'until' | 'open'>
  /** Whether the input may go on for ever, so that nothing can be held back to be sorted. */
  readonly endless: boolean
  readonly rules: readonly Rule[]
  readonly level: Level
  readonly json: boolean
  readonly zone: Zone
}

/** What `--rules` calls the rules that come with the command. */
const shipped = 'shipped'

/** Reads flags and environment into settings, or says everything that is wrong with them and with the rules at once. */
export async function readDetectSettings(
  flags: DetectFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly settings: DetectSettings } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const source = flags.simulate
    ? simulation(flags, problems)
    : await readSource(flags, env, problems, eventsReader)
  if (!flags.simulate) {
    for (const name of ['story', 'seed'] as const) {
      if (flags[name] === undefined) continue
      problems.push({
        setting: `--${name}`,
        message: 'It goes with --simulate. Leave it out, or add --simulate.',
      })
    }
  }
  const rules = await rulesOf(flags.rules ?? [shipped], problems)
  const level = levels.find((name) => name === (flags.level ?? 'low'))
  if (level === undefined)
    problems.push({
      setting: '--level',
      message: `There is no such level. Give one of ${levels.join(', ')}.`,
    })
  if (problems.length > 0 || !source || !rules || level === undefined) return { problems }
  const { json = false, local = false, from = [] } = flags
  const zone = local ? localZone : utc
  return { settings: { source, endless: from.includes('-'), rules, level, json, zone } }
}

function simulation(flags: DetectFlags, problems: Problem[]): DetectSettings['source'] | undefined {
  for (const name of ['from', 'since', 'until', 'workspace', 'baseUrl'] as const) {
    if (flags[name] === undefined) continue
    const setting = name === 'baseUrl' ? '--base-url' : `--${name}`
    problems.push({ setting, message: 'It does not go with --simulate. Leave out one of them.' })
  }
  const seed = Number(flags.seed ?? 1)
  if (!Number.isInteger(seed) || seed < 0)
    problems.push({ setting: '--seed', message: 'Give a whole number, for example 1.' })
  const stories = storyNames(flags.story ?? ['all'], problems)
  return { since: undefined, until: undefined, open: () => simulatedWeek({ seed, stories }) }
}

async function rulesOf(paths: readonly string[], problems: Problem[]): Promise<readonly Rule[] | undefined> {
  const before = problems.length
  const files = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      try {
        const found = await ruleFiles(path === shipped ? shippedRulesFolder : path)
        if (found.length > 0) return found
        problems.push({ setting: '--rules', message: `There are no .yml files in ${path}.` })
      } catch (error) {
        const code = (error as { code?: string }).code ?? 'no code'
        const message = `${path} cannot be read (${code}). Name a file or a folder of Sigma rules, or ${shipped}.`
        problems.push({ setting: '--rules', message })
      }
      return []
    }),
  )
  if (problems.length > before) return undefined
  const read = readRules(files.flat())
  if ('rules' in read) return read.rules
  for (const { file, rule, message } of read.problems) {
    const where = rule === undefined ? file : `${file}, ${JSON.stringify(rule)}`
    problems.push({ setting: '--rules', message: `${where}: ${message}` })
  }
  return undefined
}
