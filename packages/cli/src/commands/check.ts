import { checkState } from '../check/check-state.ts'
import { checkAsana, checkDestination, checkSettings, type Finding } from '../check/checks.ts'
import { readSettings } from '../config/read-settings.ts'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { delivery, examples, helpEnd } from '../flags/help.ts'
import { withPipelineFlags } from '../flags/pipeline-flags.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Warning } from '../terminal/problem.ts'
import { say, sayJson } from '../terminal/say.ts'

const define = () =>
  withPipelineFlags('check')
    .option('--until <time>', 'the same as for run: deliver only events before this time')
    .option('--json', 'print the findings as JSON')
    .addHelpText('before', examples('check --to otlp', 'check --config pipelines.yaml --json'))
    .addHelpText('after', '\nGive it the flags that run will have for its pipeline: they are checked too.')
    .addHelpText(
      'after',
      helpEnd(delivery, '0 everything works, 1 something does not, 2 wrong configuration.'),
    )

type CheckFlags = FlagsOf<typeof define>

/** `asana-audit check`. */
export const checkCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await check(flags)))

async function check(flags: CheckFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  if ('problems' in reading) return invalidSettings(reading.problems)
  const { findings: ofState, lanes } = await checkState(reading.settings)
  const findings: Finding[] = [...ofState]
  for (const pipeline of reading.settings.pipelines) {
    findings.push(...checkSettings(pipeline), await checkAsana(pipeline))
    const warned: Finding[] = []
    const onWarning = (warning: Warning): void => {
      warned.push({ pipeline: pipeline.name, what: pipeline.destination.kind, ok: true, ...warning })
    }
    const destination = await checkDestination(pipeline, reading.settings, onWarning, lanes)
    findings.push(...warned, destination)
  }
  if (flags.json) sayJson(findings)
  else describe(findings)
  return findings.every(({ ok }) => ok) ? exitCode.done : exitCode.failed
}

function describe(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { pipeline, what, ok, code, message } of findings) {
    const mark = ok ? (code === undefined ? '✓' : '!') : '✗'
    const where = pipeline === undefined ? '' : `${pipeline}: `
    say(`${mark} ${what.padEnd(width)}  ${where}${message}`, width + 4)
  }
}
