import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Problem } from '../../terminal/problem.ts'
import type { PipelineSettings } from '../pipeline/pipeline-settings.ts'

/** Two pipelines with one name would share a cursor. */
export function sameNames(names: readonly string[]): Problem[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    setting: 'name',
    message: `Two pipelines are called "${name}". Give each pipeline its own name.`,
  }))
}

/** Two pipelines cannot write the same file or archive, not even through links. */
export function sameFiles(pipelines: readonly PipelineSettings[]): Problem[] {
  const writers = pipelines.flatMap(({ destination, destinationSetting: setting }) =>
    destination.kind === 'file'
      ? [{ setting, what: 'file', path: realPathOf(destination.path) }]
      : destination.kind === 'archive'
        ? [
            {
              setting,
              what: 'archive',
              path: destination.s3 ? destination.location : realPathOf(destination.location),
            },
          ]
        : [],
  )
  return writers
    .filter(({ path }, index) => writers.findIndex((other) => other.path === path) !== index)
    .map(({ setting, path, what }) => ({
      setting,
      message: `Another pipeline writes ${path} as well. Give each pipeline its own ${what}.`,
    }))
}

/** The real path. For a file that does not exist yet: the real path of its folder, with its name. */
function realPathOf(path: string): string {
  const { native } = realpathSync
  try {
    return existsSync(path) ? native(path) : join(native(dirname(path)), basename(path))
  } catch {
    return resolve(path) // The writer will report what is wrong with the folder.
  }
}
