import { rename, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseMillis } from '@asana-audit/schema'
import { describeProblems, type Problem } from '../config/problem.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { notes } from '../investigate/notes.ts'
import { newReading, readingNotes } from '../investigate/reading.ts'
import { readSource, type SourceFlags, type SourceSettings } from '../investigate/source-settings.ts'
import { textOutput } from '../investigate/text-output.ts'
import { localZone, utc } from '../investigate/zone.ts'
import { figures } from '../report-page/figures.ts'
import { reportPage } from '../report-page/report-page.ts'
import { reportWindow } from '../report-page/report-window.ts'
import { moment } from '../report-page/wording.ts'
import { version } from '../version.ts'

export interface ReportFlags extends SourceFlags {
  readonly local?: boolean
  readonly out?: string
}

/** Reads events once, adds them up and writes the page. */
export async function report(flags: ReportFlags): Promise<ExitCode> {
  const problems: Problem[] = []
  const source = await readSource({ since: '30d', ...flags }, process.env, problems)
  if (flags.out === undefined) {
    const message =
      'It is not set. Give the file to write, for example report.html, or - for standard output.'
    problems.push({ setting: '--out', message })
  }
  if (source === undefined || flags.out === undefined || problems.length > 0) {
    process.stderr.write(describeProblems(problems))
    return exitCode.wrongConfiguration
  }
  const madeAt = Date.now()
  const zone = flags.local ? localZone : utc
  const until = millis(source.until) ?? madeAt
  const window = reportWindow(millis(source.since) ?? 0, until, zone)
  const said = notes({ output: process.stderr, log: flags.log })
  const reading = newReading()
  const added = figures(window)
  const reader = source.open(said)
  const unwatch = said.watch(reading)
  try {
    // An archive is read from its beginning, for what was there before the window; Asana for the time that is compared only.
    const since = source.files ? undefined : new Date(window.previousSince).toISOString()
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
    source: sourceName(source, flags),
    madeAt,
    version,
    warnings: gaps,
  })
  await write(flags.out, page)
  for (const note of readingNotes(reading)) said.say('reading', note)
  if (added.total.now === 0) {
    const { oldest, newest } = added
    const range =
      oldest === undefined || newest === undefined
        ? 'There are none before it either'
        : `Those that were read are from ${moment(oldest, zone)} to ${moment(newest, zone)}`
    said.say('nothing_found', `No event is in the window. ${range}; --since and --until set the window.`)
  } else if (flags.out !== '-') {
    said.say('written', `${flags.out}: ${added.total.now.toLocaleString('en')} events.`)
  }
  return reading.lost > 0 ? exitCode.failed : exitCode.done
}

function millis(time: string | undefined): number | undefined {
  return time === undefined ? undefined : parseMillis(time)
}

function sourceName({ files }: SourceSettings, { workspace }: ReportFlags): string {
  const of = workspace === undefined ? '' : ` of workspace ${workspace}`
  if (!files) return `Read from Asana${of}`
  const names = files.map((file) => (file === '-' ? 'standard input' : basename(file)))
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return `Read${of} from ${names.slice(0, 3).join(', ')}${more}`
}

/** Whole or not at all, and for the owner's eyes: it is personal data. */
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
    throw error
  }
}
