import type { ObjectStore } from '@asana-audit/archive'
import { isFault } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf, parseInstant } from '@asana-audit/schema/lossless'
import { commandLine } from '../config/origin.ts'
import { readContext } from '../config/pipeline/context.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import type { TimeRange } from '../config/times/time-limits.ts'
import { dialects } from '../dialect.ts'
import { lineIn } from '../dialect-lines.ts'
import { logForms, readChoice } from '../flags/choice.ts'
import { type AnyCommand, Command, choiceOption, type Done, type FlagsOf } from '../flags/command.ts'
import { asnFile, contextFlag, contextIn, geoFile, parseUserAgent } from '../flags/context-flags.ts'
import { examples, helpEnd } from '../flags/help.ts'
import { readableFiles } from '../flags/source-flags.ts'
import { archivedEvents } from '../input/archive/archived-events.ts'
import { eventIn } from '../input/files/event-in.ts'
import { fileStream } from '../input/files/file-stream.ts'
import { type Read, readEvents } from '../input/files/read-events.ts'
import { type NamedInput, namedInputs } from '../input/named-inputs.ts'
import { notes } from '../input/reader/notes.ts'
import { newReading, noteChanged, noteProblem, type Reading, readingNotes } from '../input/reader/reading.ts'
import { textOutput } from '../query/text-output.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { safeJson } from '../terminal/safe-text.ts'

const define = () =>
  new Command('convert')
    .argument(
      '[places...]',
      `${readableFiles}; or an archive: its folder or s3://BUCKET/PREFIX (default: stdin)`,
    )
    .option('--from <place...>', 'the same, as query, report and detect have it')
    .addOption(choiceOption('--format <dialect>', 'the dialect to write', dialects).makeOptionMandatory())
    .option('--since <time>', 'only events from this time on: 2026-01-31T08:00:00Z, 2026-01-31 or 31d')
    .option('--until <time>', 'only events before this time')
    .option('--workspace <gid>', 'the "Domain ID" of events whose input does not name a workspace')
    .addOption(parseUserAgent)
    .addOption(geoFile)
    .addOption(asnFile)
    .addOption(choiceOption('--log <form>', 'what to write to stderr (default: human)', logForms))
    .addHelpText(
      'before',
      examples(
        'convert --format panther audit*.jsonl > panther.jsonl',
        'convert --format event < page.json',
        'convert --format otlp --workspace 1234567890123456 events.jsonl.gz',
        'convert --format otlp --workspace 1234567890123456 \\\n      --from s3://audit-evidence/asana --since 2026-01-01 --until 2026-02-01',
      ),
    )
    .addHelpText(
      'after',
      '\nOf the lines that cannot be read, the first are named on stderr, with the number\nof all; --log json names each. The rest is written, and the exit status is 1.',
    )
    .addHelpText(
      'after',
      helpEnd(
        ['bucket', 'proxies'],
        '0 done, 1 failed, or something could not be read, 2 wrong\nconfiguration.',
      ),
    )

/** `asana-audit convert`. */
export const convertCommand = (done: Done): AnyCommand =>
  define().action(async (places, flags) => done(await convert([...places, ...(flags.from ?? [])], flags)))

/** Writes each event in another dialect. Reports what it cannot read, and continues. */
async function convert(names: readonly string[], flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const format = readChoice('--format', flags.format, dialects, problems)
  const log = readChoice('--log', flags.log, logForms, problems)
  const range = timeRange(flags, problems, 'archive')
  if (names.length === 0 && process.stdin.isTTY) problems.push(noInput)
  const wanted = contextIn(flags)
  const addContext = wanted && (await readContext(wanted, commandLine(contextFlag), problems))
  const inputs = await namedInputs(names.length > 0 ? names : ['-'], 'file', process.env, problems)
  if (format === undefined || problems.length > 0) return invalidSettings(problems)
  const { workspace } = flags
  const messages = notes({ output: process.stderr, log })
  const context = addContext?.(({ code, message }) => messages.say(code, message))
  const output = textOutput(process.stdout, messages.clear)
  const reading = newReading()
  // A machine gets each of them; a person the first ones and a number, at the end.
  const tell = (problem: string): void =>
    log === 'json' ? messages.say('left_out', problem) : noteProblem(reading, problem)
  const isWanted = inTimeRange(range)
  const unwatch = messages.watch(reading)
  let written = 0
  try {
    for await (const read of readsOf(inputs, range, reading)) {
      const found = eventIn(read, reading, tell)
      if (!found) continue
      const { event, view, changed } = found
      noteChanged(reading, changed)
      reading.events += 1
      reading.at = event.created_at
      if (!isWanted(event)) continue
      written += 1
      output.write(`${safeJson(lineIn(format, event, { workspace, context, ...view }))}\n`)
      if (!(await output.ready())) break
    }
    await output.end()
  } finally {
    unwatch()
    for (const input of inputs) if ('archive' in input) await input.archive.close()
  }
  for (const note of readingNotes(reading)) messages.say('reading', note)
  if (reading.lost === 0 && written === 0) messages.say('nothing_found', nothingWritten(reading))
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

/** One input after the other. One that fails is reported, and the next one is read. */
async function* readsOf(
  inputs: readonly NamedInput[],
  range: TimeRange,
  reading: Reading,
): AsyncGenerator<Read> {
  for (const input of inputs) {
    try {
      if ('file' in input) yield* readEvents(fileStream(input.file))
      else yield* archivedReads(input.archive, range, reading)
    } catch (error) {
      if (!isFault(error)) throw error
      yield { problem: error.message, isHalf: false, isInput: true }
    }
  }
}

/** Events of an archive come as they were archived. They were observed when it recorded them, at the latest. */
async function* archivedReads(store: ObjectStore, range: TimeRange, reading: Reading): AsyncGenerator<Read> {
  for await (const { event, recordedAt } of archivedEvents(store, range, reading)) {
    const observedTimestamp = parseInstant(recordedAt)
    yield { event, view: observedTimestamp ? { observedTimestamp } : {}, changed: [] }
  }
}

function inTimeRange({ since, until }: TimeRange): (event: AuditLogEvent) => boolean {
  const [from, to] = [millisOf(since), millisOf(until)]
  if (from === undefined && to === undefined) return () => true
  return ({ created_at: createdAt }) => {
    const at = millisAt(createdAt)
    return (from === undefined || at >= from) && (to === undefined || at < to)
  }
}

/** An empty file, or a time without events, is no failure, and must not look like work that was done. */
function nothingWritten({ events }: Reading): string {
  return events === 0
    ? 'Nothing was written: there is no event in the input.'
    : `Nothing was written: ${events.toLocaleString('en')} ${events === 1 ? 'event was' : 'events were'} read, and none is of this time.`
}

const noInput: Problem = {
  setting: 'file',
  message:
    'No file is given and standard input is a terminal. Name files, or pipe events into standard input.',
}
