import type { ObjectStore } from '@asana-audit/archive'
import { millisOf } from '@asana-audit/schema/lossless'
import { isGid } from '../config/pipeline/gid.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import { readSettings, type Settings } from '../config/read-settings.ts'
import { timeAbout } from '../config/times/time-about.ts'
import { dayMs } from '../duration.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated, withoutFlags } from '../flags/command.ts'
import { delivery, examples, helpEnd } from '../flags/help.ts'
import { requestsPerMinute, withPipelineFlags } from '../flags/pipeline-flags.ts'
import { archiveFolders, filledArchiveAt } from '../input/archive/archive-location.ts'
import { patientArchiveStore } from '../input/archive/archive-store.ts'
import { placeOfArchive } from '../pipelines/destination/archive-head.ts'
import { explainEvent } from '../pipelines/explain/explain-event.ts'
import { explanationJson, explanationOf } from '../pipelines/explain/explanation-text.ts'
import { openStateIfThere } from '../pipelines/open-state.ts'
import { watchedReading } from '../pipelines/verify/watched-reading.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { say, sayJson } from '../terminal/say.ts'

const define = () =>
  withoutFlags(
    withPipelineFlags(
      'explain',
      'where Asana is searched from, if nobody knows when it happened (default: 24h)',
    ),
    // Nothing is delivered.
    ...['--format', '--hec-format', '--archive-formats', '--limit'],
    ...['--parse-user-agent', '--geo-file', '--asn-file', '--provenance'],
  )
    .argument('<gid>', 'the gid of the event')
    .description(
      'Say what became of one event: what Asana shows, what the field policy does to it, what the destinations accepted by the ledger, the quarantine, and when an archive recorded it. Nothing is written.',
    )
    .option(
      '--archive <location>',
      'an archive that may hold it; may be repeated. Without the settings of the run, only archives are asked',
      repeated,
    )
    .option(
      '--at <time>',
      'about when it happened: a day, such as 2026-03-10, or a time. Asana is searched for that UTC day, or for the hour of the time; archives for the UTC day',
    )
    .addOption(requestsPerMinute)
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'explain 1208746352718273 --config pipelines.yaml',
        'explain 1208746352718273 --to otlp --archive ./archive',
        'explain 1208746352718273 --to otlp \\\n      --at 2026-03-10T12:00:00Z --json',
        'explain 1208746352718273 --archive s3://audit-evidence/asana \\\n      --at 2026-03-10',
      ),
    )
    .addHelpText('after', helpEnd(delivery, '0 somebody has it, 1 nobody has, 2 wrong configuration.'))

/** `asana-audit explain`. */
export const explainCommand = (done: Done): AnyCommand =>
  define().action(async (gid, flags) => done(await explain(gid, flags)))

async function explain(gid: string, asked: FlagsOf<typeof define>): Promise<ExitCode> {
  const { since = '24h', archive = [], at, json, ...flags } = asked
  const problems: Problem[] = []
  if (!isGid(gid)) problems.push({ setting: 'gid', message: notAGid(gid) })
  const reading = isOfArchivesAlone(asked)
    ? undefined
    : await readSettings(flags, process.env, [], {
        opensState: 'if-there',
        archives: archiveFolders(archive, '--archive'),
      })
  if (reading && 'problems' in reading) problems.push(...reading.problems)
  const range = timeRange({ since, until: undefined }, problems)
  const about = at === undefined ? undefined : timeAbout(at, '--at', problems)
  const named: ObjectStore[] = []
  for (const one of archive) {
    const store = await filledArchiveAt(one, '--archive', process.env, problems)
    if (store) named.push(store)
  }
  if (problems.length > 0) return invalidSettings(problems)
  const settings = reading && 'settings' in reading ? reading.settings : undefined
  const archives = settings ? [...named, ...ownArchives(settings, named)] : named
  const now = Date.now()
  const window = { from: millisOf(range.since) ?? now - dayMs, until: now }
  const state = settings && (await openStateIfThere(settings))
  const watched = watchedReading()
  try {
    const explained = await explainEvent({ gid, settings, state, archives, about, window, watched })
    watched.stop()
    if (json) sayJson(explanationJson(explained))
    else {
      const { known, notKnown } = explanationOf(explained)
      for (const sentence of known) say(sentence)
      say('Not known:')
      for (const what of notKnown) say(`- ${what}.`)
    }
    return explained.event ? exitCode.done : exitCode.failed
  } finally {
    watched.stop()
    await state?.close()
    for (const store of archives) await store.close()
  }
}

function notAGid(text: string): string {
  return `${JSON.stringify(text)} is not the gid of an event. Give its digits, for example 1208746352718273: query shows them with --output csv or jsonl.`
}

/** An auditor may have an archive, and neither the token nor the state. Another flag is about a pipeline, which is then missing. */
function isOfArchivesAlone(asked: FlagsOf<typeof define>): boolean {
  const ofArchives = new Set(['archive', 'at', 'json'])
  return asked.archive !== undefined && Object.keys(asked).every((name) => ofArchives.has(name))
}

/** Those that the pipelines write, unless they are named already. */
function ownArchives({ pipelines }: Settings, named: readonly ObjectStore[]): ObjectStore[] {
  return pipelines.flatMap(({ destination, proxies }) => {
    if (destination.kind !== 'archive') return []
    const store = patientArchiveStore(destination, proxies)
    const isNamed = named.some(({ place }) => placeOfArchive(place) === placeOfArchive(store.place))
    return isNamed ? [] : [store]
  })
}
