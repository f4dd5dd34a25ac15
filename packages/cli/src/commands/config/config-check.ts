import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { readSettings } from '../../config/read-settings.ts'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { settingsFile } from '../../flags/settings-file.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem, type Warning } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'

const define = () =>
  new Command('check')
    .description('Check a settings file and the files it names, without any connection.')
    .argument('[file]', 'the YAML file')
    .option('--config <file>', 'the same, as run has it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'before',
      examples('config check pipelines.yaml', 'config check pipelines.yaml --json') +
        '\nasana-audit check tries token and destination too.\n',
    )

/** `asana-audit config check FILE`. */
export const configCheckCommand = (done: Done): AnyCommand =>
  define().action(async (file, flags) => done(await check(file, flags)))

async function check(
  argument: string | undefined,
  { json, config }: FlagsOf<typeof define>,
): Promise<ExitCode> {
  const unclear: Problem[] = []
  const file = settingsFile(argument, config, unclear)
  if (file === undefined) return invalidSettings(unclear.length > 0 ? unclear : [noFile])
  const reading = await readSettings({ config: file }, process.env)
  const problems = 'problems' in reading ? reading.problems : []
  const pipelines = 'problems' in reading ? [] : reading.settings.pipelines
  if (json) {
    const names = pipelines.map(({ name }) => name)
    sayJson({ ok: problems.length === 0, problems, warnings: warningsOf(pipelines), pipelines: names })
    return problems.length === 0 ? exitCode.done : exitCode.wrongConfiguration
  }
  if (problems.length > 0) return invalidSettings(problems)
  for (const { pipeline, message } of warningsOf(pipelines)) say(`! ${pipeline}: ${message}`)
  const count = pipelines.length === 1 ? 'one pipeline' : `${pipelines.length} pipelines`
  say(`✓ ${file} is right, with ${count}: ${pipelines.map(({ name }) => name).join(', ')}`)
  return exitCode.done
}

const noFile: Problem = {
  setting: 'file',
  message: 'It is missing. Write it after config check, or give it with --config.',
}

function warningsOf(pipelines: readonly PipelineSettings[]): readonly (Warning & { pipeline: string })[] {
  return pipelines.flatMap(({ name: pipeline, warnings }) =>
    warnings.map((warning) => ({ pipeline, ...warning })),
  )
}
