import { type ExplainedSetting, type Explanation, explanation } from '../../config/explanation.ts'
import { noting } from '../../config/noting.ts'
import { readSettings } from '../../config/read-settings.ts'
import type { AnyCommand, Done, FlagsOf } from '../../flags/command.ts'
import { delivery, examples, helpEnd } from '../../flags/help.ts'
import { withPipelineFlags } from '../../flags/pipeline-flags.ts'
import { settingsFile } from '../../flags/settings-file.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'

const define = () =>
  withPipelineFlags('explain')
    .description('Show every value that is in effect and where it comes from. Secrets are hidden.')
    .argument('[file]', 'the YAML file, the same as --config')
    .option('--until <time>', 'the same as for run')
    .option('--poll <duration>', 'the same as for run')
    .option('--max-poll <duration>', 'the same as for run')
    .option('--settled-window <duration>', 'the same as for run')
    .option('--requests-per-minute <number>', 'the same as for run')
    .option('--json', 'print the values as JSON')
    .addHelpText(
      'before',
      examples('config explain pipelines.yaml', 'config explain --to otlp --since 7d --json'),
    )
    .addHelpText('after', helpEnd(delivery, '0 done, 2 wrong configuration.'))

/** `asana-audit config explain`. */
export const configExplainCommand = (done: Done): AnyCommand =>
  define().action(async (file, flags) => done(await explain(file, flags)))

async function explain(file: string | undefined, given: FlagsOf<typeof define>): Promise<ExitCode> {
  const { json, config, ...others } = given
  const problems: Problem[] = []
  const flags = { ...others, config: settingsFile(file, config, problems) }
  if (problems.length > 0) return invalidSettings(problems)
  const read = new Set<string>()
  const env = noting(process.env, read)
  const reading = await readSettings(flags, env)
  if ('problems' in reading) return invalidSettings(reading.problems)
  const explained = await explanation(flags, process.env, reading.settings, read)
  if (json) sayJson(inJson(explained))
  else describe(explained)
  return exitCode.done
}

/** `null` stands for a hidden value. */
function inJson({ settings, pipelines, environment: variables }: Explanation): object {
  const rows = (of: readonly ExplainedSetting[]): object[] =>
    of.map(({ setting, value = null, from }) => ({ setting, value, from }))
  return {
    settings: rows(settings),
    pipelines: pipelines.map((each) => ({ pipelines: each.pipelines, settings: rows(each.settings) })),
    environment: rows(variables),
  }
}

function describe({ settings, pipelines, environment: variables }: Explanation): void {
  sayRows(settings)
  for (const { pipelines: names, settings: own } of pipelines) {
    say('')
    say(names.length === 1 ? `Pipeline ${names[0]}` : `Pipelines ${names.join(', ')}`)
    sayRows(own)
  }
  if (variables.length === 0) return
  say('')
  say('Variables of the environment that are used')
  sayRows(variables.map((row) => ({ ...row, from: '' })))
}

function sayRows(rows: readonly ExplainedSetting[]): void {
  const width = columnWidth(rows.map(({ setting }) => setting))
  const valueWidth = columnWidth(rows.map(({ value = hidden }) => value))
  for (const { setting, value = hidden, from } of rows) {
    say(`  ${setting.padEnd(width)}  ${value.padEnd(valueWidth)}  ${from}`.trimEnd(), 6)
  }
}

const hidden = '(hidden)'

/** A long entry makes its own row longer, not all rows. */
function columnWidth(entries: readonly string[]): number {
  return Math.max(0, ...entries.map(({ length }) => length).filter((length) => length <= 32))
}
