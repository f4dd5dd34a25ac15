import { basename, join } from 'node:path'
import { type Rule, shippedRulesFolder } from '@asana-audit/detections'
import { stringify } from 'yaml'
import { readSamples, sampleEvents } from '../../../packages/detections/test/sample-events.ts'
import { NotConverted } from '../not-converted.ts'
import { detectionOf } from '../sigma-detection.ts'
import { pythonRule } from './python-rule.ts'

export const pantherFolder: string = join(shippedRulesFolder, '../panther')

export interface PantherPack {
  /** The rules, each as a file of Python and one of YAML, by the names of their files. */
  readonly files: ReadonlyMap<string, string>
  /** The other rules, each with the reason, as a sentence. */
  readonly left: readonly { readonly rule: Rule; readonly why: string }[]
}

/** Every rule that reports hits: converted, or with the reason why not. */
export function pantherPack(rules: readonly Rule[]): PantherPack {
  const files = new Map<string, string>()
  const left: { rule: Rule; why: string }[] = []
  for (const rule of rules.filter(({ reports }) => reports)) {
    const name = basename(rule.file, '.yml')
    try {
      const why = reasons[rule.kind === 'event' ? rule.kind : 'type' in rule ? rule.type : '']
      if (why !== undefined) throw new NotConverted(why)
      const python = pythonRule(rule.title, `${name}.yml`, detectionOf(rule))
      files.set(`${name}.py`, python)
      files.set(`${name}.yml`, aboutRule(rule, name))
    } catch (error) {
      if (!(error instanceof NotConverted)) throw error
      left.push({ rule, why: sentence(error.message) })
    }
  }
  return { files, left }
}

const inWindows =
  'A rule of Panther sees one event. Its threshold counts in windows that begin with the first event, so an attack across the border of two would be missed'
const reasons: Readonly<Record<string, string | undefined>> = {
  event: undefined,
  event_count: `It counts events. ${inWindows}`,
  value_count: `It counts different values. ${inWindows}`,
  temporal: 'It needs events of several rules together. A rule of Panther sees one event',
  temporal_ordered: 'It needs events of several rules in their order. A rule of Panther sees one event',
  '': 'It needs to know earlier events. A rule of Panther sees one event',
}

function sentence(why: string): string {
  return `${why.startsWith('It ') ? why : `It uses ${why}, which is not converted`}.`
}

const severities = {
  informational: 'Info',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
} as const

function aboutRule(rule: Rule, name: string): string {
  const { title, description, level, tags, references, falsePositives } = rule
  const words = name.replace(/^asana_/, '').split('_')
  const about = {
    AnalysisType: 'rule',
    RuleID: `AsanaAudit.${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}`,
    Filename: `${name}.py`,
    DisplayName: `Asana: ${title}`,
    Enabled: true,
    LogTypes: ['Asana.Audit'],
    Severity: severities[level],
    Description: description.replaceAll(/\s+/g, ' '),
    Reference: references[0],
    Runbook: `Ask the actor, or who knows of it. Known harmless causes: ${falsePositives.join('; ')}.`,
    Tags: ['Asana', ...tags],
    DedupPeriodMinutes: 60,
    Threshold: 1,
    SummaryAttributes: ['event_type', 'actor:email', 'context:client_ip_address', 'resource:name'],
    Tests: testsOf(rule, name),
  }
  const head = `# Made from rules/${name}.yml by \`pnpm generate:detections\`: do not edit.\n`
  // Python reads YAML 1.1, where off is a truth value and a time is not a text.
  return `${head}${stringify(about, { lineWidth: 100, version: '1.1' })}`
}

interface PantherTest {
  readonly Name: string
  readonly ExpectedResult: boolean
  readonly Log: object
}

/** The samples of a rule, one event a test; the evaluator says which of them it finds. */
function testsOf(rule: Rule, name: string): PantherTest[] {
  if (rule.kind !== 'event') throw new Error(`${name} is about several events.`)
  const { fires, quiet } = readSamples(`${name}.yml`)
  const samples = [...Object.entries(fires), ...Object.entries(quiet)]
  return samples.flatMap(([sample, lines]) => {
    const events = sampleEvents(lines)
    return events.map((event, index) => ({
      Name: sample + (events.length === 1 ? '' : `, event ${index + 1}`),
      ExpectedResult: rule.matches(event),
      Log: event,
    }))
  })
}
