import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { environment, examples } from '../flags/help.ts'
import { withDeliverFlags } from '../flags/pipeline-flags.ts'
import { deliverPipelines, deliverSettings } from '../pipelines/deliver-command.ts'
import { runPipelines } from '../pipelines/run-pipelines.ts'
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
    .addHelpText(
      'before',
      examples('run --once --to stdout', 'run --to otlp --since 7d', 'run --config pipelines.yaml'),
    )
    .addHelpText('after', environment)

export type RunFlags = FlagsOf<typeof define>

/** `asana-audit run`. */
export const runCommand = (done: Done): AnyCommand => define().action(async (flags) => done(await run(flags)))

async function run(flags: RunFlags): Promise<ExitCode> {
  const { once = false, exitOnFatal = false } = flags
  const found = await deliverSettings(flags)
  if (!found) return exitCode.wrongConfiguration
  return deliverPipelines(found, 'live', (delivery) => runPipelines({ ...delivery, once, exitOnFatal }))
}
