import { relative } from 'node:path'
import { levels, type Rule, shippedRulesFolder } from '@asana-audit/detections'
import { fillMarkers, table } from '../generate/parts/markdown.ts'

/** The page in docs with the table of rules: by level, the highest first, then by title. */
export function withRuleTable(page: string, rules: readonly Rule[]): string {
  return fillMarkers(page, 'rules', () => ruleTable(rules))
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules
    .filter(({ reports }) => reports)
    .toSorted(
      (a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || a.title.localeCompare(b.title, 'en'),
    )
    .map((rule) => {
      const [first = ''] = rule.description.split(/(?<=[.:]) /)
      return [
        `[${rule.title}](../rules/${relative(shippedRulesFolder, rule.file)})`,
        rule.level,
        `${first.replace(/[.:]$/, '')}`,
        techniques(rule).join(' '),
      ]
    })
  return table(['rule', 'level', 'what it catches', 'ATT&CK'], rows)
}

function techniques({ tags }: Rule): string[] {
  return tags.flatMap((tag) => (/^attack\.t\d/.test(tag) ? [tag.slice('attack.'.length).toUpperCase()] : []))
}
