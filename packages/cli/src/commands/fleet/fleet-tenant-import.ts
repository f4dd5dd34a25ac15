import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { withFleetFlags } from '../../flags/fleet-flags.ts'
import { examples } from '../../flags/help.ts'
import { sayMissingTokens } from '../../fleet/say-missing-tokens.ts'
import { tenantNames } from '../../fleet/tenant-names.ts'
import { withFleetClient } from '../../fleet/with-fleet.ts'
import { fileProblem } from '../../input/files/file-problem.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { describeProblems, invalidSettings, type Problem } from '../../terminal/problem.ts'
import { safeText } from '../../terminal/safe-text.ts'
import { say, sayJson } from '../../terminal/say.ts'

const define = () =>
  withFleetFlags('import')
    .description(
      'Add the tenants of a CSV and change those that are there, all of them or none. Tenants it does not name stay. Tokens that cannot be read here are told first. With --config, destinations are checked.',
    )
    .argument('<file>', 'a CSV: name,workspace,token_ref,destination,poll_seconds')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples('fleet tenant import tenants.csv', 'fleet tenant import tenants.csv --config fleet.yaml'),
    )

/** `asana-audit fleet tenant import FILE.csv`. */
export const tenantImportCommand = (done: Done): AnyCommand =>
  define().action(async (file, flags) => done(await importFile(file, flags)))

async function importFile(file: string, flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const unreadable = fileProblem(resolve(file))
  if (unreadable !== undefined) problems.push({ setting: 'file', message: unreadable })
  const { destinations, programs } = await tenantNames(flags, problems)
  if (problems.length > 0) return invalidSettings(problems)
  const csv = readFileSync(file, 'utf8')
  return withFleetClient(flags, async ({ client, fleet }) => {
    const warnings = fleet.missingTokens(csv, { env: process.env, programs })
    sayMissingTokens(warnings.map(({ line, message }) => ({ place: `${file}, line ${line}`, message })))
    const result = await fleet.importTenants(client, csv, { destinations })
    if ('written' in result) {
      const { added, changed, unchanged } = result.written
      if (flags.json) sayJson({ ...result.written, warnings })
      else
        say(
          `✓ ${file}: ${added} added, ${changed} changed, ${unchanged} as they were. Workers begin within a minute.`,
        )
      return exitCode.done
    }
    if (flags.json) sayJson({ problems: result.problems, warnings })
    else {
      const problems = result.problems.map(({ line, field, message }) => ({
        setting: `line ${line}${field === undefined ? '' : `: ${field}`}`,
        message,
      }))
      process.stderr.write(describeProblems(problems, undefined, `${safeText(file)}; nothing was imported`))
    }
    return exitCode.wrongConfiguration
  })
}
