import { auditLogEventJsonSchema } from '@asana-audit/schema'
import { pantherSchema } from '@asana-audit/schema/dialects/panther'
import { stringify } from 'yaml'
import { refused } from '../config/problem.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

export const schemaFormats = ['panther', 'json-schema'] as const

export interface SchemaFlags {
  readonly format: (typeof schemaFormats)[number]
  readonly name?: string
}

export async function schema({ format, name }: SchemaFlags): Promise<ExitCode> {
  const message = name === undefined ? undefined : nameProblem(format, name)
  if (message !== undefined) return refused([{ setting: '--name', message }])
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
  if (format !== 'panther') return 'It goes with --format panther. Leave it out.'
  if (isCustom(name)) return undefined
  return `${JSON.stringify(name)} is no name Panther takes. Give Custom. and a word that begins with a capital, for example Custom.AsanaAudit.`
}

function isCustom(name: string | undefined): name is `Custom.${string}` {
  return name !== undefined && /^Custom\.[A-Z][A-Za-z0-9]*$/.test(name)
}
