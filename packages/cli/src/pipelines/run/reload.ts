import { isFault } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Settings, SettingsReading } from '../../config/read-settings.ts'
import type { HangUps } from '../../terminal/early-signals.ts'
import type { Problem } from '../../terminal/problem.ts'
import { rememberMs } from '../open-state.ts'
import type { RunOptions } from './run-one.ts'
import type { PipelineChanges, RunningPipelines } from './running-pipelines.ts'

/** The file that a service follows. */
export interface FollowedFile {
  /** Reads the settings once more. */
  readonly readAgain: () => Promise<SettingsReading>
  readonly hangUps: HangUps
}

/**
 * At each SIGHUP, reads the settings again and changes what runs accordingly. A file with a problem is refused whole: all of its problems
 * are reported, and everything goes on with the old settings. Signals that come during a reading cause one more reading. Signals that come
 * before `begin` is called wait for that.
 */
export function reloadAtHangUp(
  options: RunOptions,
  running: RunningPipelines,
  { readAgain, hangUps }: FollowedFile,
): { begin(): void; close(): void } {
  const { report, signal } = options
  let current = options.settings
  let asked = 0
  let isOver = false
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  let work = begun

  async function reload(): Promise<void> {
    const mine = asked
    const reading = await readAgain()
    // A later signal reads the file once more.
    if (signal.aborted || isOver || mine !== asked) return
    const problems =
      'problems' in reading ? reading.problems : fixedProblems(options.settings, reading.settings)
    if ('problems' in reading || problems.length > 0) {
      report.reloadRefused?.(problems)
      return
    }
    const { pipelines } = reading.settings
    const changes = changesBetween(current.pipelines, pipelines, running)
    try {
      await running.claim(changes.added)
      await running.change(changes)
    } catch (error) {
      if (!isFault(error)) throw error
      report.reloadRefused?.([{ setting: 'pipelines', message: error.message }])
      return
    }
    current = reading.settings
    const [added, changed] = [namesOf(changes.added), namesOf(changes.changed)]
    const unchanged = pipelines.length - added.length - changed.length
    report.reloaded?.({ added, changed, removed: changes.removed, unchanged })
  }

  const onHangUp = (): void => {
    if (isOver) return
    asked += 1
    work = work.then(reload)
  }
  hangUps(onHangUp)
  return {
    begin,
    close() {
      isOver = true
    },
  }
}

/** Compares pipelines by name. A pipeline that has ended with a fault starts again: the file may have been corrected for it. */
function changesBetween(
  before: readonly PipelineSettings[],
  after: readonly PipelineSettings[],
  running: RunningPipelines,
): PipelineChanges {
  const old = new Map(before.map((pipeline) => [pipeline.name, pipeline]))
  const names = new Set(namesOf(after))
  return {
    added: after.filter(({ name }) => !old.has(name)),
    changed: after.filter(({ name, digest }) => {
      const was = old.get(name)
      return was !== undefined && (was.digest !== digest || running.hasFailed(name))
    }),
    removed: namesOf(before).filter((name) => !names.has(name)),
  }
}

/** What all pipelines share is set up once, so a change of it is a problem. */
function fixedProblems(before: Settings, after: Settings): Problem[] {
  const { pipelines: _, statePathSetting: place, ...old } = before
  const next = new Map<string, unknown>(Object.entries(after))
  const changed = Object.entries(old).filter(([name, value]) => asText(value) !== asText(next.get(name)))
  const message = 'It cannot change while run is running. Put the old value back, or start run again.'
  const problems = changed.map(([name]) => ({
    setting: name === 'statePath' ? place : inYaml(name),
    message,
  }))
  if (rememberMs(after.pipelines) <= rememberMs(before.pipelines)) return problems
  const longer =
    'Together they are longer than those of any pipeline at the start, and the state keeps ids for no longer. Make them shorter, or start run again.'
  return [...problems, { setting: 'settled_window, reread_every', message: longer }]
}

/** Leaves out functions, since each reading makes new ones that read secrets. Leaves out the names of settings, since they hold line numbers. */
function asText(value: unknown): string | undefined {
  return JSON.stringify(value, (key, part: unknown) => (key === 'setting' ? undefined : part))
}

function inYaml(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function namesOf(pipelines: readonly PipelineSettings[]): string[] {
  return pipelines.map(({ name }) => name)
}
