import type { ObjectStore } from '@asana-audit/archive'
import type { AuditLogEvent } from '@asana-audit/schema'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import { noToken } from '../config/secrets/token.ts'
import { type AnyCommand, type Done, type FlagsOf, repeated, withoutFlags } from '../flags/command.ts'
import { deliveryAlone, deliveryStatuses, examples, helpEnd } from '../flags/help.ts'
import { withDeliverFlags } from '../flags/pipeline-flags.ts'
import { archiveFolders, filledArchiveAt } from '../input/archive/archive-location.ts'
import { eventCategory } from '../input/events/event-category.ts'
import { eventMatcher } from '../input/events/event-filter.ts'
import { deliverPipelines, deliverSettings } from '../pipelines/deliver-command.ts'
import { asReplay } from '../pipelines/replay/as-replay.ts'
import type { ReplayCursor } from '../pipelines/replay/replay-cursor.ts'
import { replayPipeline } from '../pipelines/replay/replay-pipeline.ts'
import { replayLane } from '../progress/lane.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { sayWarning } from '../terminal/say.ts'
import { unknownName } from '../terminal/unknown-name.ts'

const define = () =>
  withoutFlags(
    withDeliverFlags(
      'replay',
      'events from this time on (default: the oldest in the archive)',
      'otlp, splunk-hec, panther-http, file:PATH or stdout; may be repeated',
    ),
    // Asana is not asked, and no archive is written.
    ...['--base-url', '--limit', '--requests-per-minute', '--archive-formats'],
  )
    .option('--from <place>', 'the archive: its folder or s3://BUCKET/PREFIX')
    .option('--until <time>', 'events before this time (default: the newest in the archive)')
    .option('--only <name>', 'only events of this type or category; may be repeated', repeated)
    .option('--pipeline <name>', 'with --config: only this pipeline')
    .option('--restart', 'send everything again, whatever was replayed before')
    .option('--skip-damaged', 'leave out what is missing or was changed, instead of ending there')
    .addHelpText(
      'before',
      examples(
        'replay --from s3://audit-evidence/asana --to otlp \\\n      --since 2026-01-01 --until 2026-02-01',
        'replay --from ./archive --to splunk-hec --only logins',
        'replay --from ./archive --config pipelines.yaml --pipeline acme',
      ),
    )
    .addHelpText(
      'after',
      '\nIt needs no token of Asana. Each event is marked as replayed. Called again with\nthe same flags, it goes on where it ended.',
    )
    .addHelpText('after', helpEnd(deliveryAlone, deliveryStatuses))

type ReplayFlags = FlagsOf<typeof define>

/** `asana-audit replay`. */
export const replayCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await replay(flags)))

/** Delivers an archive into a live destination. */
async function replay(flags: ReplayFlags): Promise<ExitCode> {
  const {
    from,
    since,
    until,
    only = [],
    pipeline: one,
    restart = false,
    skipDamaged = false,
    ...rest
  } = flags
  const problems: Problem[] = []
  const range = timeRange({ since, until }, problems, 'archive')
  const store = await archiveNamed(from, problems)
  problems.push(...onlyProblems(only))
  const archives = from === undefined ? [] : archiveFolders([from], '--from')
  const found = await deliverSettings(rest, problems, [], { token: noToken, archives })
  if (!found || !store) return exitCode.wrongConfiguration
  const pipelines = chosen(found.settings.pipelines, one)
  if ('problems' in pipelines) return invalidSettings(pipelines.problems)
  const settings = { ...found.settings, pipelines: pipelines.chosen.map(asReplay), listen: undefined }
  const wanted: ReplayCursor = {
    replay: 1,
    asked: { since: since ?? null, until: until ?? null, only },
    ...{ since: range.since ?? null, until: range.until ?? null, at: null },
  }
  try {
    return await deliverPipelines({ ...found, settings }, replayLane, (delivery) =>
      Promise.all(
        settings.pipelines.map((pipeline) =>
          replayPipeline(pipeline, {
            ...{ ...delivery, store, wanted, restart, skipDamaged },
            isWanted: wantedBy(pipeline, only),
          }),
        ),
      ),
    )
  } finally {
    await store.close()
  }
}

async function archiveNamed(from: string | undefined, problems: Problem[]): Promise<ObjectStore | undefined> {
  const setting = '--from'
  if (from === undefined) {
    const message = 'It is required. Give the archive: its folder, or s3://BUCKET/PREFIX.'
    problems.push({ setting, message })
    return undefined
  }
  return filledArchiveAt(from, setting, process.env, problems)
}

function onlyProblems(only: readonly string[]): Problem[] {
  return only.flatMap((name) => {
    const type = unknownName('event type', name)
    const category = unknownName('category', name)
    if (!type || !category) return []
    const nearest = type.nearest ?? category.nearest
    const instead =
      nearest === undefined
        ? category.message.replace(/^.*? Known:/, 'Categories:')
        : `Did you mean ${nearest}?`
    return [{ setting: '--only', message: `There is no event type and no category ${name}. ${instead}` }]
  })
}

/** The pipelines to replay into. Nothing is replayed into an archive. */
function chosen(
  pipelines: readonly PipelineSettings[],
  one: string | undefined,
): { readonly chosen: readonly PipelineSettings[] } | { readonly problems: readonly Problem[] } {
  const names = pipelines.map(({ name }) => name)
  if (one !== undefined && !names.includes(one)) {
    const message = `There is no pipeline "${one}" here. Give one of: ${names.join(', ')}.`
    return { problems: [{ setting: '--pipeline', message }] }
  }
  const named = pipelines.filter(({ name }) => one === undefined || name === one)
  const live = named.filter(({ destination }) => destination.kind !== 'archive')
  if (live.length === 0) {
    const message =
      'An archive is not replayed into an archive: its events would be marked. Copy its folder or bucket, with _manifest.'
    return { problems: [{ setting: named[0]?.destinationSetting ?? '--to', message }] }
  }
  for (const { name } of named.filter((pipeline) => !live.includes(pipeline)))
    sayWarning({ message: `${name} is an archive, and is left out.` })
  return { chosen: live }
}

/** The filters of the pipeline, which Asana applies otherwise, and --only. */
function wantedBy({ filters }: PipelineSettings, only: readonly string[]): (event: AuditLogEvent) => boolean {
  const { eventType, actorType, ...others } = filters
  const listed = (value: string | readonly string[] | undefined): readonly string[] | undefined =>
    value === undefined ? undefined : [value].flat()
  const matches = eventMatcher({ ...others, eventTypes: listed(eventType), actorTypes: listed(actorType) })
  return (event) =>
    matches(event) &&
    (only.length === 0 || only.includes(event.event_type) || only.includes(eventCategory(event)))
}
