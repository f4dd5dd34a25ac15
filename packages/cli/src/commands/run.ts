import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { environment, examples } from '../flags/help.ts'
import { withDeliverFlags } from '../flags/pipeline-flags.ts'
import { deliverPipelines, deliverSettings } from '../pipelines/deliver-command.ts'
import { runPipelines } from '../pipelines/run-pipelines.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

const define = () =>
  withDeliverFlags('run')
    .description(
      'Deliver events for ever, new ones at once and the backlog beside them; with --once, until caught up.',
    )
    .option('--once', 'end when caught up')
    .option('--poll <duration>', 'wait after an empty page (default 10s)')
    .option('--settled-window <duration>', 'how late events may come and still be found (default 45m)')
    .option('--until <time>', 'deliver events before this time only, then end')
    .option(
      '--exit-on-fatal',
      'end at a fault that needs a person, instead of pausing and trying every 5 minutes',
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
