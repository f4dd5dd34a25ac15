import { basename, relative } from 'node:path'
import { type Rule, shippedRulesFolder } from '@asana-audit/detections'
import { table } from '../../generate/parts/markdown.ts'
import type { PantherPack } from './panther-pack.ts'

/** The page beside the files of the pack. */
export function pantherPage({ files, left }: PantherPack, rules: readonly Rule[]): string {
  const nameOf = ({ file }: Rule): string => basename(file, '.yml')
  const converted = rules.filter((rule) => rule.reports && files.has(`${nameOf(rule)}.py`))
  const tests = (rule: Rule): string =>
    String(files.get(`${nameOf(rule)}.yml`)?.match(/^ {2}- Name: /gm)?.length)
  return `# Rules for Panther

Made from [the Sigma rules](../rules) by \`pnpm generate:detections\`: do not edit. Each rule is a file of Python and one of YAML, with the samples of the Sigma rule as its tests.
A real Python runs every test here. Panther's own tool, \`panther_analysis_tool\` 1.11.1, ran them once by hand on 29 November 2026: none failed, none was invalid. No Panther has seen them.

They are for the log type \`Asana.Audit\`. If your events come under another schema, such as \`Custom.AsanaAudit\`, replace the name first:

\`\`\`sh
sed -i 's/- Asana.Audit/- Custom.AsanaAudit/' *.yml
\`\`\`

Then test them and upload them with Panther's own tool, from this folder:

\`\`\`sh
panther_analysis_tool test --path .
panther_analysis_tool upload --path .
\`\`\`

## Converted

${table(
  ['rule', 'level', 'tests'],
  converted.map((rule) => [`[${rule.title}](${nameOf(rule)}.py)`, rule.level, tests(rule)]),
).trim()}

## Not converted

The command itself runs these, [as it runs all rules](../README.md).

${table(
  ['rule', 'level', 'why'],
  left.map(({ rule, why }) => [
    `[${rule.title}](../rules/${relative(shippedRulesFolder, rule.file)})`,
    rule.level,
    why,
  ]),
).trim()}
`
}
