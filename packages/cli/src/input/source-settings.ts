import { basename } from 'node:path'
import { isS3 } from '../config/destination/s3-location.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import { readSettings } from '../config/read-settings.ts'
import { readGiveUpAfter, unattended } from '../config/times/give-up-after.ts'
import { partDeleted } from '../config/times/time-limits.ts'
import { logForms, readChoice } from '../flags/choice.ts'
import type { SourceFlags } from '../flags/source-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { isArchive } from './archive/archive-location.ts'
import { archiveInput } from './archive/archived-events.ts'
import { asanaReader } from './asana-reader.ts'
import { eventFile } from './files/event-file.ts'
import { localDates } from './local-dates.ts'
import { namedInputs } from './named-inputs.ts'
import { inputsReader } from './reader/inputs-reader.ts'
import type { Notes } from './reader/notes.ts'
import type { EventReader } from './reader/reading.ts'

export interface SourceSettings {
  /** RFC 3339. */
  readonly since: string | undefined
  readonly until: string | undefined
  /** `archive`: nothing but archives with a manifest, in which a time range is found without reading the rest. */
  readonly kind: 'asana' | 'archive' | 'files'
  /** For people: `Asana, workspace 123` or the names of the files. */
  readonly name: string
  /** For other inputs than Asana: undefined, unless the user selects a workspace. */
  readonly workspace: string | undefined
  /** The form of the messages on stderr. Undefined: we choose. */
  readonly log: 'human' | 'json' | undefined
  readonly open: (notes: Notes) => EventReader
}

/** Adds problems to `problems` and returns undefined if there are any. */
export async function readSource(
  given: SourceFlags,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<SourceSettings | undefined> {
  const before = problems.length
  const flags = { ...given, ...localDates(given) }
  const log = readChoice('--log', flags.log, logForms, problems)
  const giveUpAfterMs = readGiveUpAfter(flags.giveUpAfter, problems)
  if (flags.from) return named(flags, flags.from, log, env, problems)
  const { workspace, baseUrl, requestsPerMinute, since, until } = flags
  const reading = await readSettings(
    { workspace, baseUrl, requestsPerMinute, since, until, to: ['stdout'] },
    env,
  )
  if ('problems' in reading) problems.push(...reading.problems)
  if ('problems' in reading || problems.length > before) return undefined
  const { settings } = reading
  const [pipeline] = settings.pipelines as [PipelineSettings]
  return {
    since: pipeline.since,
    until: pipeline.until,
    kind: 'asana',
    name: `Asana, workspace ${pipeline.workspace}`,
    workspace: pipeline.workspace,
    log,
    open: (notes) => {
      const deleted = partDeleted(pipeline, Date.now())
      if (deleted !== undefined) notes.say('deleted_by_asana', deleted)
      return asanaReader({
        pipeline,
        requestsPerMinute: settings.requestsPerMinute,
        giveUpAfterMs: unattended(giveUpAfterMs).source,
        onFact: (fact) => {
          if (fact.type === 'retrying' && fact.failures === 1) {
            notes.say('retrying', `${fact.message} Trying again.`)
          }
        },
        onWarning: ({ code, message }) => notes.say(code, message),
      })
    },
  }
}

/** What `--from` names. */
async function named(
  { since, until, workspace }: SourceFlags,
  from: readonly string[],
  log: SourceSettings['log'],
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<SourceSettings | undefined> {
  const before = problems.length
  const range = timeRange({ since, until }, problems, 'archive')
  const inputs = await namedInputs(from, '--from', env, problems)
  if (problems.length > before) return undefined
  return {
    ...range,
    kind: from.every(isArchive) ? 'archive' : 'files',
    name: namesOf(from) + (workspace === undefined ? '' : `, workspace ${workspace}`),
    workspace,
    log,
    open: () =>
      inputsReader(
        inputs.map((one) => ('file' in one ? eventFile(one.file, workspace) : archiveInput(one.archive))),
      ),
  }
}

function namesOf(from: readonly string[]): string {
  const names = from.map((one) => (one === '-' ? 'standard input' : isS3(one) ? one : basename(one)))
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
}
