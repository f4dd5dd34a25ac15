import type { AgreedSettings } from '@asana-audit/fleet'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { type FleetFlags, withFleetFlags } from '../../flags/fleet-flags.ts'
import { examples } from '../../flags/help.ts'
import { withFleetClient } from '../../fleet/with-fleet.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'

const define = () =>
  withFleetFlags('migrate')
    .description(
      'Create the tables of the fleet, or bring them up to this version. It only adds, so workers of the version before go on. With --config: all workers agree on its requests_per_minute.',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'fleet migrate --state postgres://audit_owner@db.example.com/audit',
        'fleet migrate --config fleet.yaml',
      ),
    )

/** `asana-audit fleet migrate`. */
export const fleetMigrateCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await migrate(flags)))

async function migrate(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const agreed = await agreedOf(flags)
  if (agreed && 'problems' in agreed) return invalidSettings(agreed.problems)
  return withFleetClient(
    flags,
    async ({ client, pool, fleet }) => {
      const { requireOwnSession } = await import('@asana-audit/core/postgres-state')
      await requireOwnSession(client, pool)
      const { from, to } = await fleet.migrateFleet(client)
      if (agreed) await fleet.agreeAnew(client, agreed)
      const requestsPerMinute = agreed?.requestsPerMinute
      if (flags.json) sayJson({ from: from ?? null, to, requestsPerMinute })
      else for (const line of done(from, to, requestsPerMinute)) say(line)
      return exitCode.done
    },
    'nothing',
  )
}

function done(from: number | undefined, to: number, perMinute: number | undefined): string[] {
  const before = from === undefined ? 'and new' : from === to ? 'as before' : `and were of ${from}`
  const tables = `✓ The tables of the fleet are of version ${to}, ${before}.`
  if (perMinute === undefined) return [tables]
  return [
    tables,
    `✓ All workers agree on requests_per_minute: ${perMinute}. Start those again that run with another number.`,
  ]
}

/** What the file of `--config` says that all workers must agree on; undefined without one. */
async function agreedOf({
  config,
}: FleetFlags): Promise<AgreedSettings | { readonly problems: readonly Problem[] } | undefined> {
  if (config === undefined) return undefined
  const { readFleetFile } = await import('../../fleet/read-fleet-file.ts')
  const file = await readFleetFile(config, {}, process.env)
  return 'problems' in file ? file : { requestsPerMinute: file.values.requests_per_minute }
}
