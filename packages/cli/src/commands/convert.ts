import { createReadStream } from 'node:fs'
import { isFault } from '@asana-audit/core'
import { dialects } from '../dialect.ts'
import { lineIn } from '../dialect-lines.ts'
import { logForms, readChoice } from '../flags/choice.ts'
import { type AnyCommand, Command, choiceOption, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { notes } from '../input/notes.ts'
import { type Read, readEvents } from '../input/read-events.ts'
import { newReading, readingNotes } from '../input/reading.ts'
import { fileProblem } from '../input/source-settings.ts'
import { textOutput } from '../query/text-output.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { safeJson } from '../terminal/safe-text.ts'

const define = () =>
  new Command('convert')
    .argument(
      '[files...]',
      'JSON lines of events, pages of Asana, or OTLP JSON lines; gzip too (default: stdin)',
    )
    .addOption(choiceOption('--format <dialect>', 'the dialect to write', dialects).makeOptionMandatory())
    .option('--workspace <gid>', 'the "Domain ID" of events whose input does not name a workspace')
    .addOption(choiceOption('--log <form>', 'what to write to stderr (default: human)', logForms))
    .addHelpText(
      'before',
      examples(
        'convert --format panther audit*.jsonl > panther.jsonl',
        'convert --format event < page.json',
        'convert --format otlp --workspace 1234567890123456 events.jsonl.gz',
      ),
    )
    .addHelpText(
      'after',
      '\nLines that cannot be read are listed on stderr. The rest is written, and the\nexit status is 1.\n',
    )

/** `asana-audit convert`. */
export const convertCommand = (done: Done): AnyCommand =>
  define().action(async (files, flags) => done(await convert(files, flags)))

/** Writes each event in another dialect. Reports what it cannot read, and continues. */
async function convert(files: readonly string[], flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const format = readChoice('--format', flags.format, dialects, problems)
  const log = readChoice('--log', flags.log, logForms, problems)
  problems.push(...inputProblems(files))
  if (format === undefined || problems.length > 0) return invalidSettings(problems)
  const { workspace } = flags
  const messages = notes({ output: process.stderr, log })
  const output = textOutput(process.stdout, messages.clear)
  const reading = newReading()
  const unwatch = messages.watch(reading)
  try {
    for await (const read of inputs(files)) {
      if (read === 'foreign') reading.foreign += 1
      else if (read === 'finding') reading.findings += 1
      else if ('problem' in read) {
        reading.lost += 1
        messages.say('left_out', read.problem)
      } else {
        const { event, provenance } = read
        reading.events += 1
        reading.at = event.created_at
        output.write(`${safeJson(lineIn(format, event, { workspace, ...provenance }))}\n`)
        if (!(await output.ready())) break
      }
    }
    await output.end()
  } finally {
    unwatch()
  }
  for (const note of readingNotes(reading)) messages.say('reading', note)
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

/** One input after the other. One that fails is reported, and the next one is read. */
async function* inputs(files: readonly string[]): AsyncGenerator<Read> {
  for (const file of files.length > 0 ? files : ['-']) {
    const [input, name] =
      file === '-'
        ? [process.stdin, 'standard input']
        : [createReadStream(file, { highWaterMark: 2 ** 18 }), file]
    try {
      yield* readEvents({ input, name })
    } catch (error) {
      if (!isFault(error)) throw error
      yield { problem: error.message }
    }
  }
}

function inputProblems(files: readonly string[]): Problem[] {
  const problems = files.flatMap((file) => {
    const message = fileProblem(file)
    return message ? [{ setting: 'file', message }] : []
  })
  if (files.filter((file) => file === '-').length > 1) {
    problems.push({ setting: 'file', message: 'Standard input (-) can be read only once. Give - once.' })
  }
  if (files.length === 0 && process.stdin.isTTY) {
    const message =
      'No file is given and standard input is a terminal. Name files, or pipe events into standard input.'
    problems.push({ setting: 'file', message })
  }
  return problems
}
