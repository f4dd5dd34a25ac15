import { type LogLevel, logForms, logLevels, readChoice } from '../../flags/choice.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated } from '../../flags/command.ts'
import { withFleetFlags } from '../../flags/fleet-flags.ts'
import { examples } from '../../flags/help.ts'
import { jsonLog, logForm, logLevel } from '../../flags/log-flags.ts'
import { withFleet } from '../../fleet/with-fleet.ts'
import type { ExitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'

const define = () =>
  withFleetFlags('worker')
    .description(
      'Deliver the tenants of a fleet, a turn at a time, together with all other workers of the database. Runs until it is stopped; stop it at any time.',
    )
    .option('--name <name>', 'its name in fleet status (default: this machine and process)')
    .option('--listen <address>', 'serve /livez, /readyz and /metrics there, for example 127.0.0.1:9464')
    .option('--listen-token-file <path>', 'the token for /metrics, needed where others can reach the address')
    .option('--listen-host <name>', 'a name the server is called by; may be repeated', repeated)
    .option('--listen-without-token', 'everybody who reaches the address may read')
    .addOption(logForm)
    .addOption(logLevel)
    .addOption(jsonLog)
    .addHelpText(
      'before',
      examples(
        'fleet worker --config fleet.yaml',
        'fleet worker --config fleet.yaml --listen 127.0.0.1:9464',
      ),
    )

/** `asana-audit fleet worker`. */
export const fleetWorkerCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await worker(flags)))

async function worker(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const form = readChoice('--log', flags.log, logForms, problems)
  const least: LogLevel | undefined = readChoice('--log-level', flags.logLevel, logLevels, problems)
  if (flags.config === undefined) {
    const message = "Give the fleet's YAML file, which names the destinations: --config fleet.yaml."
    return invalidSettings([...problems, { setting: '--config', message }])
  }
  const { readFleetFile } = await import('../../fleet/read-fleet-file.ts')
  const file = await readFleetFile(flags.config, flags, process.env)
  if ('problems' in file) return invalidSettings([...problems, ...file.problems])
  if (problems.length > 0) return invalidSettings(problems)
  return withFleet(flags, async ({ pool }) => {
    const { runWorker } = await import('../../fleet/run-worker.ts')
    const { workerLog } = await import('../../fleet/worker-log.ts')
    const output = process.stderr
    const log = workerLog({ output, form: form ?? (output.isTTY ? 'human' : 'json'), least: least ?? 'info' })
    return runWorker({ pool, file, name: flags.name, log })
  })
}
