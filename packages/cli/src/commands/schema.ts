import { auditLogEventJsonSchema } from '@asana-audit/schema'
import { pantherSchema } from '@asana-audit/schema/views/panther'
import { stringify } from 'yaml'
import { type ExitCode, exitCode } from '../exit-code.ts'

export const schemaFormats = ['panther', 'json-schema'] as const

export async function schema({ format }: { format: (typeof schemaFormats)[number] }): Promise<ExitCode> {
  const text =
    format === 'panther'
      ? stringify(pantherSchema(), { lineWidth: 110 })
      : `${JSON.stringify(auditLogEventJsonSchema(), null, 2)}\n`
  process.stdout.write(text)
  return exitCode.done
}
