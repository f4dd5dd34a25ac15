import { levels } from '@asana-audit/detections'
import { detectionRules, shipped } from '../config/monitoring/detection-rules.ts'
import { storyNames } from '../config/story-names.ts'
import { type DetectSettings, runDetector } from '../detect/run-detector.ts'
import { simulatedWeek } from '../detect/simulated-week.ts'
import { logForms, readChoice } from '../flags/choice.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated } from '../flags/command.ts'
import { examples, helpEnd, reading } from '../flags/help.ts'
import { withSourceFlags } from '../flags/source-flags.ts'
import { readSource } from '../input/source-settings.ts'
import { localZone, utc } from '../query/zone.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'

const define = () =>
  withSourceFlags('detect')
    .option(
      '--rules <path>',
      'a file or folder of Sigma rules, or shipped (default: shipped); may be repeated',
      repeated,
    )
    .option(
      '--level <level>',
      'the lowest level to show: informational, low, medium, high, critical (default low)',
    )
    .option('--simulate', 'use a simulated week that contains every attack story')
    .option(
      '--story <name>',
      'with --simulate: only this attack story; may be repeated (list them with simulate --list-stories)',
      repeated,
    )
    .option('--seed <number>', 'with --simulate: a different seed gives a different week (default 1)')
    .option('--json', 'print one JSON object for each hit, as soon as it is found')
    .addHelpText(
      'before',
      examples(
        'detect --simulate',
        'detect --since 7d --level high',
        'detect --from audit*.jsonl --rules shipped --rules our-rules/',
        'detect --from s3://audit-evidence/asana --since 2026-01-01 \\\n      --until 2026-02-01',
        'run --to stdout | asana-audit detect --from - --json',
      ),
    )
    .addHelpText(
      'after',
      helpEnd(
        reading,
        '0 no hits, 1 failed, or something could not be read, 2 wrong\nconfiguration, 3 hits were found.',
      ),
    )

type DetectFlags = FlagsOf<typeof define>

/** `asana-audit detect`. */
export const detectCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await detect(flags)))

async function detect(flags: DetectFlags): Promise<ExitCode> {
  const read = await readDetectSettings(flags, process.env)
  return 'problems' in read ? invalidSettings(read.problems) : runDetector(read.settings)
}

/** Reads flags, environment and rules into settings, or returns every problem with them at once. */
async function readDetectSettings(
  flags: DetectFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly settings: DetectSettings } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const source = flags.simulate ? simulation(flags, problems) : await readSource(flags, env, problems)
  if (!flags.simulate) {
    for (const name of ['story', 'seed'] as const) {
      if (flags[name] === undefined) continue
      problems.push({
        setting: `--${name}`,
        message: 'It needs --simulate. Leave it out, or add --simulate.',
      })
    }
  }
  const found = await detectionRules(flags.rules ?? [shipped], '--rules', problems)
  const level = readChoice('--level', flags.level ?? 'low', levels, problems)
  if (problems.length > 0 || !source || !found || level === undefined) return { problems }
  const { json = false, local = false, from = [] } = flags
  const zone = local ? localZone : utc
  const { rules, warnings } = found
  return { settings: { source, endless: from.includes('-'), rules, warnings, level, json, zone } }
}

function simulation(flags: DetectFlags, problems: Problem[]): DetectSettings['source'] | undefined {
  for (const name of ['from', 'since', 'until', 'workspace', 'baseUrl'] as const) {
    if (flags[name] === undefined) continue
    const setting = name === 'baseUrl' ? '--base-url' : `--${name}`
    problems.push({ setting, message: 'It cannot be used together with --simulate. Leave out one of them.' })
  }
  const seed = Number(flags.seed ?? 1)
  if (!Number.isInteger(seed) || seed < 0)
    problems.push({ setting: '--seed', message: 'Give a whole number, for example 1.' })
  const stories = storyNames(flags.story ?? ['all'], problems)
  const log = readChoice('--log', flags.log, logForms, problems)
  return { since: undefined, until: undefined, log, open: () => simulatedWeek({ seed, stories }) }
}
