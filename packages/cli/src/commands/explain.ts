import type { ObjectStore } from '@asana-audit/archive'
import { millisOf } from '@asana-audit/schema/lossless'
import { timeRange } from '../config/pipeline/time-range.ts'
import { readSettings, type Settings } from '../config/read-settings.ts'
import { readStatePath } from '../config/state-path.ts'
import { dayMs } from '../duration.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated } from '../flags/command.ts'
import { environment, examples } from '../flags/help.ts'
import { withPipelineFlags } from '../flags/pipeline-flags.ts'
import { filledArchiveAt } from '../input/archive-location.ts'
import { archiveStore } from '../input/archive-store.ts'
import { placeOfArchive } from '../pipelines/destination/archive-head.ts'
import { explainEvent } from '../pipelines/explain/explain-event.ts'
import { explanationJson, explanationOf } from '../pipelines/explain/explanation-text.ts'
import { openStateIfThere } from '../pipelines/open-state.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { say, sayJson } from '../terminal/say.ts'

const define = () =>
  withPipelineFlags(
    'explain',
    'where Asana is searched from, if nobody knows when it happened (default: 24h)',
  )
    .argument('<gid>', 'the gid of the event')
    .description(
      'Say what became of one event: what Asana shows, what the field policy does to it, what the destinations accepted by the ledger, the quarantine, and when an archive recorded it. Nothing is written.',
    )
    .option('--archive <location>', 'an archive that may hold it; may be repeated', repeated)
    .option('--at <time>', 'about when it happened: the hour of that is searched')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      examples(
        'explain 1208746352718273 --config pipelines.yaml',
        'explain 1208746352718273 --to otlp --archive ./archive',
        'explain 1208746352718273 --to otlp \\\n      --at 2026-03-10T12:00:00Z --json',
      ),
    )
    .addHelpText('after', environment)
    .addHelpText('after', '\nExit status: 0 somebody has it, 1 nobody has, 2 wrong configuration.\n')

/** `asana-audit explain`. */
export const explainCommand = (done: Done): AnyCommand =>
  define().action(async (gid, flags) => done(await explain(gid, flags)))

async function explain(
  gid: string,
  { since = '24h', archive = [], at: about, ...flags }: FlagsOf<typeof define>,
): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  const problems: Problem[] = 'problems' in reading ? [...reading.problems] : []
  const location = await readStatePath(flags, process.env)
  if ('problems' in location) problems.push(...location.problems)
  const range = timeRange({ since, until: undefined }, problems)
  const at =
    about === undefined ? undefined : millisOf(timeRange({ since: about, until: undefined }, problems).since)
  const named: ObjectStore[] = []
  for (const one of archive) {
    const store = await filledArchiveAt(one, '--archive', process.env, problems)
    if (store) named.push(store)
  }
  if ('problems' in reading || 'problems' in location || problems.length > 0) return invalidSettings(problems)
  const { settings } = reading
  const archives = [...named, ...ownArchives(settings, named)]
  const now = Date.now()
  const window = { from: millisOf(range.since) ?? now - dayMs, until: now }
  const state = await openStateIfThere(location)
  try {
    const explained = await explainEvent({ gid, settings, state, archives, at, window })
    if (flags.json) sayJson(explanationJson(explained))
    else {
      const { known, notKnown } = explanationOf(explained)
      for (const sentence of known) say(sentence)
      say('Not known:')
      for (const what of notKnown) say(`- ${what}.`)
    }
    return explained.event ? exitCode.done : exitCode.failed
  } finally {
    await state?.close()
    for (const store of archives) await store.close()
  }
}

/** Those that the pipelines write, unless they are named already. */
function ownArchives({ pipelines }: Settings, named: readonly ObjectStore[]): ObjectStore[] {
  return pipelines.flatMap(({ destination, proxies }) => {
    if (destination.kind !== 'archive') return []
    const store = archiveStore(destination, proxies)
    const isNamed = named.some(({ place }) => placeOfArchive(place) === placeOfArchive(store.place))
    return isNamed ? [] : [store]
  })
}
