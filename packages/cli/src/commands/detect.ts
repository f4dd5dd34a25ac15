import { createDetector, isAtLeast } from '@asana-audit/detections'
import type { Command } from 'commander'
import { refused } from '../config/problem.ts'
import { type DetectFlags, readDetectSettings } from '../detect/detect-settings.ts'
import { hitWriter } from '../detect/hit-writer.ts'
import { notes } from '../input/notes.ts'
import { newReading, readingNotes } from '../input/reading.ts'
import { inTimeOrder } from '../input/time-order.ts'
import { textOutput } from '../query/text-output.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { environment, examples, repeated, sourceOptions } from './command-options.ts'

/** `asana-audit detect`. */
export function detectCommand(program: Command, done: (code: ExitCode) => void): void {
  sourceOptions(program.command('detect'), 'event lines, pages of Asana or OTLP JSON lines, gzip too')
    .description('Run Sigma rules over events and show what they find: exit status 3 if there is something.')
    .option(
      '--rules <path>',
      'a file or folder of Sigma rules, or shipped (default: shipped); may be repeated',
      repeated,
    )
    .option(
      '--level <level>',
      'only from this level on: informational, low, medium, high, critical (default low)',
    )
    .option('--simulate', 'over a simulated week, with every story of an attack in it')
    .option(
      '--story <name>',
      'with --simulate: this story only; may be repeated (simulate --list-stories)',
      repeated,
    )
    .option('--seed <number>', 'with --simulate: another seed gives another week (default 1)')
    .option('--json', 'one JSON object a hit, as soon as it is found')
    .addHelpText(
      'before',
      examples(
        'detect --simulate',
        'detect --since 7d --level high',
        'detect --from audit*.jsonl --rules shipped --rules our-rules/',
        'run --to stdout | asana-audit detect --from - --json',
      ),
    )
    .addHelpText('after', environment)
    .action(async (flags) => done(await detect(flags)))
}

/** Runs rules over events and shows what they find. Reads and never writes: no state, no destination. */
async function detect(flags: DetectFlags): Promise<ExitCode> {
  const read = await readDetectSettings(flags, process.env)
  if ('problems' in read) return refused(read.problems)
  const { source, endless, rules, level, json, zone } = read.settings
  const said = notes({ output: process.stderr, log: flags.log })
  const output = textOutput(process.stdout, said.clear)
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  const writer = hitWriter({ json, zone, width, write: (text) => output.write(text) })
  const detector = createDetector({ rules })
  const reading = newReading()
  const found = new Set<string>()
  let [hits, late] = [0, 0]
  const reader = source.open(said)
  const unwatch = said.watch(reading)
  try {
    const events = reader.read({ since: source.since, until: source.until, filter: {} }, reading)
    const ordered = endless ? events : inTimeOrder(events, () => (late += 1))
    for await (const event of ordered) {
      if (!(await output.ready())) break
      for (const hit of detector.add(event)) {
        if (!isAtLeast(hit.rule.level, level)) continue
        writer.hit(hit)
        found.add(hit.rule.id)
        hits += 1
        // A machine at the other end of a pipe acts on it now.
        if (json) await output.end()
      }
    }
  } finally {
    unwatch()
    await reader.close()
  }
  if (hits > 0) writer.end()
  await output.end()
  for (const note of readingNotes(reading)) said.say('reading', note)
  const events = `${reading.events.toLocaleString('en')} events`
  if (late > 0)
    said.say(
      'not_in_order',
      `${late.toLocaleString('en')} events came long after newer ones: correlations may miss them.`,
    )
  if (detector.forgotten > 0)
    said.say(
      'windows_full',
      `${detector.forgotten.toLocaleString('en')} events were too many for the windows of correlations.`,
    )
  const summary = hits === 1 ? 'One hit' : `${hits.toLocaleString('en')} hits of ${rulesOf(found.size)}`
  said.say('hits', `${hits === 0 ? 'No hits' : summary} in ${events}.`)
  if (hits > 0) return exitCode.hits
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

function rulesOf(number: number): string {
  return number === 1 ? 'one rule' : `${number} rules`
}
