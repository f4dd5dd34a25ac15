import { auditLogEventJsonSchema } from '@asana-audit/schema'
import { pantherSchema } from '@asana-audit/schema/dialects/panther'
import { stringify } from 'yaml'
import { readChoice } from '../flags/choice.ts'
import { type AnyCommand, Command, choiceOption, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'

const formats = ['panther', 'json-schema'] as const

const define = () =>
  new Command('schema')
    .addOption(choiceOption('--format <dialect>', 'the dialect to write', formats).makeOptionMandatory())
    .option(
      '--name <name>',
      'with panther: your own schema name, for events that arrive through a bucket or HTTP',
    )
    .addHelpText(
      'before',
      examples('schema --format panther', 'schema --format panther --name Custom.AsanaAudit > schema.yml'),
    )

/** `asana-audit schema`. */
export const schemaCommand = (done: Done): AnyCommand => define().action((flags) => done(schema(flags)))

function schema({ format: written, name }: FlagsOf<typeof define>): ExitCode {
  const problems: Problem[] = []
  const format = readChoice('--format', written, formats, problems)
  const message = name === undefined || format === undefined ? undefined : nameProblem(format, name)
  if (message !== undefined) problems.push({ setting: '--name', message })
  if (format === undefined || problems.length > 0) return invalidSettings(problems)
  process.stdout.write(format === 'panther' ? panther(name) : json(auditLogEventJsonSchema()))
  return exitCode.done
}

function panther(name: string | undefined): string {
  return stringify(pantherSchema(isCustom(name) ? { name } : {}), { lineWidth: 110 })
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function nameProblem(format: string, name: string): string | undefined {
  if (format !== 'panther') return 'It is only for --format panther. Leave it out.'
  if (isCustom(name)) return undefined
  return `${JSON.stringify(name)} is not a name that Panther accepts. Give Custom. and a word that starts with a capital letter, for example Custom.AsanaAudit.`
}

function isCustom(name: string | undefined): name is `Custom.${string}` {
  return name !== undefined && /^Custom\.[A-Z][A-Za-z0-9]*$/.test(name)
}
