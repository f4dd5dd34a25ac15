import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { withFleetFlags } from '../../flags/fleet-flags.ts'
import { examples } from '../../flags/help.ts'
import { statusText } from '../../fleet/status-text.ts'
import { withFleetClient } from '../../fleet/with-fleet.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { sayJson } from '../../terminal/say.ts'

const define = () =>
  withFleetFlags('status')
    .description('Show workers, how far tenants are behind and why, paused tenants, and histories.')
    .option('--all', 'all tenants in each list, and not only the first ten')
    .option('--json', 'print JSON')
    .addHelpText('before', examples('fleet status', 'fleet status --all', 'fleet status --json'))

/** `asana-audit fleet status`. */
export const fleetStatusCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await status(flags)))

async function status({ all, json, ...flags }: FlagsOf<typeof define>): Promise<ExitCode> {
  return withFleetClient(flags, async ({ client, fleet }) => {
    const most = all || json ? Number.MAX_SAFE_INTEGER : 10
    const found = await fleet.fleetStatus(client, { most })
    if (json) sayJson(found)
    else statusText(found, { most, width: process.stdout.columns })
    return exitCode.done
  })
}
