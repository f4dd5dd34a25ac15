import { auditLogEventJsonSchema } from '@asana-audit/schema'
import { asimCollectionRule, asimTable } from '@asana-audit/schema/dialects/asim'
import { indexTemplate } from '@asana-audit/schema/dialects/index-template'
import { pantherSchema } from '@asana-audit/schema/dialects/panther'
import { stringify } from 'yaml'
import { readChoice } from '../flags/choice.ts'
import { type AnyCommand, Command, choiceOption, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'

const formats = ['panther', 'json-schema', 'asim', 'asim-table', 'ecs', 'ocsf'] as const
type Format = (typeof formats)[number]

const define = () =>
  new Command('schema')
    .addOption(
      choiceOption(
        '--format <dialect>',
        'the dialect of the events: see below',
        formats,
      ).makeOptionMandatory(),
    )
    .option(
      '--name <name>',
      'with panther: your own schema name, for events that arrive through a bucket or HTTP; with asim and asim-table: your own table in Sentinel',
    )
    .addHelpText(
      'before',
      examples(
        'schema --format panther',
        'schema --format panther --name Custom.AsanaAudit > schema.yml',
        'schema --format asim > rule.json',
        'schema --format asim-table --name AsanaAudit_CL > table.json',
        'schema --format ecs > index-template.json',
      ),
    )
    .addHelpText(
      'after',
      `
It prints what the place of such events wants:
  panther          the schema of a log type
  asim             a data collection rule of Microsoft Sentinel
  asim-table       a table of your own in Microsoft Sentinel
  ecs, ocsf        an index template of OpenSearch or Elasticsearch
  json-schema      the JSON Schema of an event as Asana sends it`,
    )

/** `asana-audit schema`. */
export const schemaCommand = (done: Done): AnyCommand => define().action((flags) => done(schema(flags)))

function schema({ format: written, name }: FlagsOf<typeof define>): ExitCode {
  const problems: Problem[] = []
  const format = readChoice('--format', written, formats, problems)
  const message = format === undefined ? undefined : nameProblem(format, name)
  if (message !== undefined) problems.push({ setting: '--name', message })
  if (format === undefined || problems.length > 0) return invalidSettings(problems)
  process.stdout.write(schemaIn(format, name))
  return exitCode.done
}

/** The name has been checked. */
function schemaIn(format: Format, name: string | undefined): string {
  if (format === 'json-schema') return json(auditLogEventJsonSchema())
  if (format === 'ecs' || format === 'ocsf') return json(indexTemplate(format))
  if (format === 'panther') {
    return stringify(pantherSchema(isCustom(name) ? { name } : {}), { lineWidth: 110 })
  }
  const table = isTable(name) ? name : undefined
  if (format === 'asim-table' && table !== undefined) return json(asimTable(table))
  return json(asimCollectionRule(table === undefined ? {} : { table }))
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function nameProblem(format: Format, name: string | undefined): string | undefined {
  if (format === 'asim-table' && name === undefined) return `It is missing. ${ownTable}`
  if (name === undefined) return undefined
  const quoted = JSON.stringify(name)
  switch (format) {
    case 'json-schema':
    case 'ecs':
    case 'ocsf':
      return 'It is only for --format panther, asim and asim-table. Leave it out.'
    case 'panther':
      return isCustom(name)
        ? undefined
        : `${quoted} is not a name that Panther accepts. Give Custom. and a word that starts with a capital letter, for example Custom.AsanaAudit.`
    default:
      return isTable(name) ? undefined : `${quoted} is not a name of a table of your own. ${ownTable}`
  }
}

const ownTable = 'Give letters, digits and _, and _CL at the end, for example AsanaAudit_CL.'

function isCustom(name: string | undefined): name is `Custom.${string}` {
  return name !== undefined && /^Custom\.[A-Z][A-Za-z0-9]*$/.test(name)
}

/** As Log Analytics wants it. */
function isTable(name: string | undefined): name is `${string}_CL` {
  return name !== undefined && /^[A-Za-z][A-Za-z0-9_]{0,58}_CL$/.test(name)
}
