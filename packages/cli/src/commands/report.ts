import { rename, rm, writeFile } from 'node:fs/promises'
import { fault } from '@asana-audit/core'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { AnyCommand, Done, FlagsOf } from '../flags/command.ts'
import { examples, helpEnd, reading, readingStatuses } from '../flags/help.ts'
import { withSourceFlags } from '../flags/source-flags.ts'
import { notes } from '../input/reader/notes.ts'
import { newReading, readingNotes } from '../input/reader/reading.ts'
import { readSource } from '../input/source-settings.ts'
import { textOutput } from '../query/text-output.ts'
import { localZone, utc } from '../query/zone.ts'
import { figures } from '../report/figures.ts'
import { pageFileProblem } from '../report/page-file-problem.ts'
import { reportPage } from '../report/report-page.ts'
import { reportWindow } from '../report/report-window.ts'
import { moment } from '../report/wording.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { version } from '../version.ts'

const define = () =>
  withSourceFlags('report')
    .option('--out <file>', 'the HTML file to write, or - for stdout')
    .addHelpText(
      'before',
      examples(
        'report --since 30d --out report.html',
        'report --from audit*.jsonl --since 2026-01-01 \\\n      --until 2026-04-01 --local --out q1.html',
        'report --from /var/lib/asana-audit/archive --since 2026-01-01 \\\n      --out q1.html',
      ),
    )
    .addHelpText('after', helpEnd(reading, readingStatuses))

/** `asana-audit report`. */
export const reportCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await report(flags)))

/** Reads events once, adds them up and writes the page. */
async function report(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const source = await readSource({ since: '30d', ...flags }, process.env, problems)
  const outProblem = await problemWith(flags.out)
  if (outProblem !== undefined) problems.push({ setting: '--out', message: outProblem })
  if (source === undefined || flags.out === undefined || problems.length > 0) return invalidSettings(problems)
  const madeAt = Date.now()
  const zone = flags.local ? localZone : utc
  const until = millisOf(source.until) ?? madeAt
  if (source.since === undefined) throw new Error('A report has a start: 30 days ago unless one is given.')
  const window = reportWindow(millisAt(source.since), until, zone)
  const messages = notes({ output: process.stderr, log: source.log })
  const reading = newReading()
  const added = figures(window)
  const reader = source.open(messages)
  const unwatch = messages.watch(reading)
  try {
    // Files are read from their beginning, to know which types came before the window. Asana and archives with a manifest are read only
    // for the window and the equally long time before it.
    const since = source.kind === 'files' ? undefined : new Date(window.previousSince).toISOString()
    const range = { since, until: new Date(until).toISOString() }
    for await (const event of reader.read({ ...range, filter: {} }, reading)) added.add(event)
  } finally {
    unwatch()
    await reader.close()
  }
  const gaps = reading.lost > 0 ? readingNotes(reading).filter((note) => note.startsWith('The result')) : []
  const page = reportPage({
    figures: added,
    window,
    source: source.name,
    madeAt,
    version,
    warnings: gaps,
  })
  await write(flags.out, page)
  for (const note of readingNotes(reading)) messages.say('reading', note)
  if (added.total.now === 0) {
    const { oldest, newest } = added
    const range =
      oldest === undefined || newest === undefined
        ? 'There are no earlier events either'
        : `The events that were read are from ${moment(oldest, zone)} to ${moment(newest, zone)}`
    messages.say(
      'nothing_found',
      `There is no event in the window. ${range}; --since and --until set the window.`,
    )
  } else if (flags.out !== '-') {
    messages.say('written', `${flags.out}: ${added.total.now.toLocaleString('en')} events.`)
  }
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

async function problemWith(out: string | undefined): Promise<string | undefined> {
  if (out === undefined)
    return 'It is required. Give the file to write, for example report.html, or - for standard output.'
  return out === '-' ? undefined : await pageFileProblem(out)
}

/** Writes the whole file or nothing. Only the owner can read it: it holds personal data. */
async function write(out: string, page: string): Promise<void> {
  if (out === '-') {
    const output = textOutput(process.stdout, () => {})
    output.write(page)
    await output.end()
    return
  }
  const unfinished = `${out}.${process.pid}.part`
  try {
    await writeFile(unfinished, page, { mode: 0o600 })
    await rename(unfinished, out)
  } catch (error) {
    await rm(unfinished, { force: true })
    const message = `${out} could not be written (${codeOf(error)}). ${pathStep(error)}`
    throw fault({ fault: 'fatal', code: 'report_not_written', message, cause: codeOf(error) })
  }
}
