import { basename } from 'node:path'
import { levels, type Rule } from '@asana-audit/detections'

const begin = '<!-- rules -->'
const end = '<!-- /rules -->'

/** The README with the table of rules in its place: the loudest first, then by title. */
export function withRuleTable(readme: string, rules: readonly Rule[]): string {
  const [before, rest] = readme.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`The README lacks ${begin} … ${end}.`)
  return `${before}${begin}\n\n${ruleTable(rules)}\n\n${end}${after}`
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules
    .filter(({ reports }) => reports)
    .toSorted(
      (a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || a.title.localeCompare(b.title, 'en'),
    )
    .map((rule) => {
      const name = basename(rule.file)
      const [first = ''] = rule.description.split(/(?<=[.:]) /)
      return [
        `[${rule.title}](rules/${name})`,
        rule.level,
        `${first.replace(/[.:]$/, '')}`,
        techniques(rule).join(' '),
      ]
    })
  const header = ['rule', 'level', 'what it catches', 'ATT&CK']
  const widths = header.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function techniques({ tags }: Rule): string[] {
  return tags.flatMap((tag) => (/^attack\.t\d/.test(tag) ? [tag.slice('attack.'.length).toUpperCase()] : []))
}
