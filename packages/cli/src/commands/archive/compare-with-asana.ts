import {
  type ArchiveProblem,
  type ArchiveReport,
  compareArchive,
  type ObjectStore,
} from '@asana-audit/archive'
import type { HourSpan } from '@asana-audit/core/ledger'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { type Flags, readSettings, type Settings } from '../../config/read-settings.ts'
import { archiveStore } from '../../input/archive/archive-store.ts'
import { placeOfArchive } from '../../pipelines/destination/archive-head.ts'
import { openStateIfThere } from '../../pipelines/open-state.ts'
import { tokenBudgets } from '../../pipelines/run/token-budgets.ts'
import { archiveSpans } from '../../pipelines/verify/archive-spans.ts'
import { shownByAsana } from '../../pipelines/verify/shown-by-asana.ts'
import type { WatchedReading } from '../../pipelines/verify/watched-reading.ts'
import type { Problem } from '../../terminal/problem.ts'

/** The pipeline whose filters, field policy and token hold for an archive. */
export interface ArchivePipeline {
  readonly settings: Settings
  readonly pipeline: PipelineSettings
}

/** That which writes the archive, of the settings file; without one, a pipeline as `run --to archive:…` makes it. */
export async function archivePipeline(
  { config, workspace, name, baseUrl, state, requestsPerMinute }: Flags,
  location: string,
  place: string,
  problems: Problem[],
): Promise<ArchivePipeline | undefined> {
  const to = [`archive:${location.replace(/^archive:/, '')}`]
  const flags = config === undefined ? { to, workspace, name, baseUrl } : { config }
  const reading = await readSettings({ ...flags, state, requestsPerMinute }, process.env)
  if ('problems' in reading) {
    problems.push(...reading.problems)
    return undefined
  }
  const { settings } = reading
  const pipeline = settings.pipelines.find(({ destination, proxies }) => {
    if (destination.kind !== 'archive') return false
    return placeOfArchive(archiveStore(destination, proxies).place) === placeOfArchive(place)
  })
  if (pipeline) return { settings, pipeline }
  const message = `None of its pipelines writes ${place}. For a copy, leave --config out and give --workspace and --state.`
  problems.push({ setting: '--config', message })
  return undefined
}

export interface ComparedWithAsana {
  readonly problems: readonly ArchiveProblem[]
  /** What the report says of it. */
  readonly said: { readonly compared: readonly { readonly from: string; readonly until: string }[] }
}

export async function compareWithAsana(
  store: ObjectStore,
  report: ArchiveReport,
  { settings, pipeline }: ArchivePipeline,
  watched: WatchedReading,
): Promise<ComparedWithAsana> {
  const state = await openStateIfThere(settings)
  const spans = await archiveSpans(pipeline, state, report, Date.now())
  await state?.close()
  const asana = shownByAsana(pipeline, tokenBudgets(settings)(pipeline), watched)
  try {
    const problems = await compareArchive({ store, spans, shown: asana.shown })
    return { problems, said: { compared: spans.map(inWords) } }
  } finally {
    await asana.close()
  }
}

function inWords({ from, until }: HourSpan): { readonly from: string; readonly until: string } {
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString() }
}

/** `first` and `last` are the times of the oldest and the newest archived event, undefined for an empty archive. */
export function comparedText(
  compared: ComparedWithAsana['said']['compared'],
  { first, last }: Pick<ArchiveReport, 'first' | 'last'>,
): string {
  if (compared.length === 0)
    return '! Nothing was compared with Asana: it shows nothing of what this archive holds, or late events may still come.'
  const times = compared.map(({ from, until }) => `${from} to ${until}`).join('; ')
  const isAll =
    first === undefined ||
    last === undefined ||
    // Between two ranges there may be events that were not compared.
    compared.some(({ from, until }) => from <= first && until > last)
  const rest = isAll
    ? ''
    : ' What else it holds was not compared: Asana has deleted it or will soon, or late events may still come.'
  return `Compared with Asana, event by event: ${times}.${rest}`
}
