import { basename, join, relative } from 'node:path'
import { type Rule, shippedRulesFolder } from '@asana-audit/detections'
import { table } from '../../generate/parts/markdown.ts'
import { joined, NotConverted } from '../not-converted.ts'
import { sigmaCondition } from '../sigma-condition.ts'
import { detectionOf, type SigmaDetection } from '../sigma-detection.ts'
import { kqlFunction } from './kql-function.ts'
import { kqlSearch } from './kql-search.ts'

export const sentinelFolder: string = join(shippedRulesFolder, '../sentinel')

/** All files of the pack by name: the function, a query for each rule about single events, and a page that lists them and the others. */
export function sentinelPack(rules: readonly Rule[]): ReadonlyMap<string, string> {
  const files = new Map([['AsanaAudit.kql', kqlFunction()]])
  const converted: Rule[] = []
  const left: [Rule, why: string][] = []
  for (const rule of rules.filter(({ reports }) => reports)) {
    try {
      if (rule.kind !== 'event') throw new NotConverted('several events')
      files.set(`${nameOf(rule)}.kql`, kqlQuery(rule, detectionOf(rule)))
      converted.push(rule)
    } catch (error) {
      if (!(error instanceof NotConverted)) throw error
      left.push([rule, error.message])
    }
  }
  return files.set('README.md', page(converted, left))
}

function nameOf({ file }: Rule): string {
  return basename(file, '.yml')
}

/** What a query of the pack asks for, in one line. */
function kqlCondition({ condition, timeframe: _, ...searches }: SigmaDetection): string {
  const conditions = typeof condition === 'string' ? [condition] : condition
  const expression = (name: string): string => {
    const kql = kqlSearch(searches[name])
    return kql.startsWith('(') ? kql : `(${kql})`
  }
  return joined(
    conditions.map((one) => sigmaCondition(one, Object.keys(searches), expression)),
    'or',
  )
}

function kqlQuery(rule: Rule, detection: SigmaDetection): string {
  return `// ${rule.title}
// Level ${rule.level}. Made from rules/${nameOf(rule)}.yml by \`pnpm generate:detections\`: do not edit.
AsanaAudit
| where ${kqlCondition(detection)}
| project TimeGenerated, created_at, gid, event_type, actor, resource, details, context
`
}

function page(converted: readonly Rule[], left: readonly (readonly [Rule, string])[]): string {
  const about = ([rule, why]: readonly [Rule, string]): string[] => [
    `[${rule.title}](../rules/${relative(shippedRulesFolder, rule.file)})`,
    rule.level,
    `It is about ${why}: let \`run\` or \`detect\` find it.`,
  ]
  return `# Queries for Microsoft Sentinel

Made from [the Sigma rules](../rules) by \`pnpm generate:detections\`: do not edit. Each file is a query in KQL over events in [the tables of ASIM](../../../docs/dialects/asim.md#into-microsoft-sentinel).
Microsoft's own parser of KQL finds nothing wrong in them, and a test runs every query over the samples of its rule in a model of the operators that it uses. **No Sentinel has run them.**

1. Save [AsanaAudit.kql](AsanaAudit.kql) as a function of the workspace with the name \`AsanaAudit\`. It gives events the names that Asana has, each event once.
2. Make an analytics rule of each query you want, with the severity in its second line, and \`gid\` as the key of an alert.

A value that is a list is compared as its JSON text; the command's own evaluator looks at each member. A query by \`TimeGenerated\` sees the time of arrival of an event older than two days.

## Converted

${table(
  ['rule', 'level'],
  converted.map((rule) => [`[${rule.title}](${nameOf(rule)}.kql)`, rule.level]),
).trim()}

## Not converted

pySigma's backend for Kusto 1.0.1 has no correlations either, and writes a field with a dot in its name as a text.

${table(['rule', 'level', 'why'], left.map(about)).trim()}
`
}
