import { readSettings, type SettingsReading } from '../config/read-settings.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated } from '../flags/command.ts'
import { delivery, deliveryStatuses, examples, helpEnd } from '../flags/help.ts'
import { withDeliverFlags } from '../flags/pipeline-flags.ts'
import { deliverPipelines, deliverSettings } from '../pipelines/deliver-command.ts'
import { runPipelines } from '../pipelines/run/run-pipelines.ts'
import { endAtHangUp, holdHangUps } from '../terminal/early-signals.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

const define = () =>
  withDeliverFlags('run')
    .option('--once', 'end when all events are delivered')
    .option('--poll <duration>', 'longest wait before asking for new events again (default 10s)')
    .option(
      '--max-poll <duration>',
      'the same while no events come, to spend fewer requests (default: as --poll)',
    )
    .option('--settled-window <duration>', 'how late events may appear and still be found (default 45m)')
    .option('--until <time>', 'deliver only events before this time, then end')
    .option(
      '--exit-on-fatal',
      'end at an error that a person must fix, instead of pausing and trying again every 5 minutes',
    )
    .option(
      '--listen <address>',
      'serve health, metrics and a status page there, for example 127.0.0.1:9464; /livez and /readyz are for probes',
    )
    .option(
      '--listen-token-file <path>',
      'the token for all but the probes, needed where others can reach the address',
    )
    .option('--listen-host <name>', 'a name the server is called by; may be repeated', repeated)
    .option('--listen-without-token', 'everybody who reaches the address may read')
    .addHelpText(
      'before',
      examples(
        'run --once --to stdout',
        'run --to otlp --since 7d',
        'run --config pipelines.yaml --listen 127.0.0.1:9464',
      ),
    )
    .addHelpText(
      'after',
      `
With --config, a service reads its file again at SIGHUP. Pipelines are added,
changed and removed; all others go on. A file with a problem is refused whole.`,
    )
    .addHelpText('after', helpEnd([...delivery, 'restart'], deliveryStatuses))

export type RunFlags = FlagsOf<typeof define>

/** `asana-audit run`. */
export const runCommand = (done: Done): AnyCommand => define().action(async (flags) => done(await run(flags)))

async function run(flags: RunFlags): Promise<ExitCode> {
  const { once = false, exitOnFatal = false } = flags
  // Before the settings are read, which may take some seconds.
  const hangUps = followsFile(flags) ? holdHangUps() : undefined
  if (!hangUps) endAtHangUp()
  const found = await deliverSettings(flags)
  if (!found) return exitCode.wrongConfiguration
  // The state stays open.
  const readAgain = (): Promise<SettingsReading> =>
    readSettings(flags, process.env, [], { opensDestinations: true })
  const followed = hangUps && { hangUps, readAgain }
  return deliverPipelines(found, 'live', (delivery) =>
    runPipelines({ ...delivery, once, exitOnFatal }, followed),
  )
}

/** A service follows its file. In a terminal SIGHUP means that the terminal is gone, so it ends the command as any other. */
function followsFile({ config, once }: RunFlags): boolean {
  return config !== undefined && !once && !process.stderr.isTTY
}
