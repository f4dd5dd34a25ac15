import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Problem } from '../../terminal/problem.ts'
import type { PipelineSettings } from '../pipeline-settings.ts'

/** Two pipelines of one name would share a cursor. */
export function sameNames(pipelines: readonly PipelineSettings[]): Problem[] {
  const names = pipelines.map(({ name }) => name)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    setting: 'name',
    message: `Two pipelines are called "${name}". Give each a name of its own.`,
  }))
}

/** Each would be refused what the other writes. Links lead to one file too, as far as they are there. */
export function sameFiles(pipelines: readonly PipelineSettings[]): Problem[] {
  const writers = pipelines.flatMap(({ destination, destinationSetting: setting }) =>
    destination.kind === 'file' ? [{ setting, path: realPathOf(destination.path) }] : [],
  )
  return writers
    .filter(({ path }, index) => writers.findIndex((other) => other.path === path) !== index)
    .map(({ setting, path }) => ({
      setting,
      message: `Another pipeline writes ${path} as well. Give each a file of its own.`,
    }))
}

/** Of a file that is not there yet: in its folder. */
function realPathOf(path: string): string {
  const { native } = realpathSync
  try {
    return existsSync(path) ? native(path) : join(native(dirname(path)), basename(path))
  } catch {
    return resolve(path) // Whoever opens it will say what is wrong with its folder.
  }
}
