import { accessSync, constants, statSync } from 'node:fs'
import { basename } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { timeRange } from '../config/pipeline/time-range.ts'
import { readSettings } from '../config/read-settings.ts'
import { readGiveUpAfter, unattended } from '../config/times/give-up-after.ts'
import { partDeleted } from '../config/times/time-limits.ts'
import { logForms, readChoice } from '../flags/choice.ts'
import type { SourceFlags } from '../flags/source-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { type ArchiveOptions, archiveReader } from './archive-reader.ts'
import { asanaReader } from './asana-reader.ts'
import type { Notes } from './notes.ts'
import type { EventReader } from './reading.ts'

export interface SourceSettings {
  /** RFC 3339. */
  readonly since: string | undefined
  readonly until: string | undefined
  readonly kind: 'asana' | 'archive'
  /** For people: `Asana, workspace 123` or the names of the files. */
  readonly name: string
  /** For archives: undefined, unless the user selects a workspace. */
  readonly workspace: string | undefined
  /** The form of the messages on stderr. Undefined: we choose. */
  readonly log: 'human' | 'json' | undefined
  readonly open: (notes: Notes) => EventReader
}

/** Adds problems to `problems` and returns undefined if there are any. `fileReader` reads the files of `--from`. */
export async function readSource(
  flags: SourceFlags,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  fileReader: (options: ArchiveOptions) => EventReader = archiveReader,
): Promise<SourceSettings | undefined> {
  const before = problems.length
  const log = readChoice('--log', flags.log, logForms, problems)
  const giveUpAfterMs = readGiveUpAfter(flags.giveUpAfter, problems)
  if (flags.from) return archive(flags, flags.from, log, problems, fileReader)
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

function archive(
  { since, until, workspace }: SourceFlags,
  files: readonly string[],
  log: SourceSettings['log'],
  problems: Problem[],
  fileReader: (options: ArchiveOptions) => EventReader,
): SourceSettings | undefined {
  const before = problems.length
  const range = timeRange({ since, until }, problems, 'archive')
  for (const file of new Set(files)) {
    const message = fileProblem(file)
    if (message) problems.push({ setting: '--from', message })
  }
  if (files.filter((file) => file === '-').length > 1) {
    problems.push({ setting: '--from', message: 'Standard input (-) can be read only once. Give - once.' })
  }
  if (problems.length > before) return undefined
  return {
    ...range,
    kind: 'archive',
    name: namesOf(files) + (workspace === undefined ? '' : `, workspace ${workspace}`),
    workspace,
    log,
    open: () => fileReader({ files, stdin: process.stdin, workspace }),
  }
}

function namesOf(files: readonly string[]): string {
  const names = files.map((file) => (file === '-' ? 'standard input' : basename(file)))
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
}

/** Undefined for a file that can be read, and for standard input. */
export function fileProblem(file: string): string | undefined {
  if (file === '-') return undefined
  try {
    accessSync(file, constants.R_OK)
    if (!statSync(file).isDirectory()) return undefined
    return `${file} is a directory. Name the files in it, for example ${file.replace(/\/$/, '')}/*.jsonl.`
  } catch (error) {
    return `${file} cannot be read (${codeOf(error)}). ${codeOf(error) === 'ENOENT' ? 'Name a file that is there.' : pathStep(error)}`
  }
}
