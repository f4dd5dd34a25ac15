import type { NamedPath } from '../files/named-file.ts'
import { type Environment, settingOf } from './setting-problem.ts'

/** A setting as somebody wrote it, whether in the environment or in a file: nothing of it is checked yet. */
export interface WrittenSetting<T = string> {
  /** What it is called where it was written, or would be: problems are reported under this name. */
  readonly setting: string
  /** Undefined where it is not written. */
  readonly value: T | undefined
}

/** A setting that names a file. */
export interface WrittenPath extends WrittenSetting {
  /** Where the file is, from wherever the process runs. */
  readonly path?: string
}

/** A variable of the environment. */
export function variable(env: Environment, name: string): WrittenSetting {
  return { setting: name, value: settingOf(env, name) }
}

/** A variable that names a file, which `fileAt` finds. */
export function pathVariable(
  env: Environment,
  name: string,
  fileAt: (written: string, variable: string) => string,
): WrittenPath {
  const value = settingOf(env, name)
  return { setting: name, value, ...(value !== undefined && { path: fileAt(value, name) }) }
}

/** Undefined where no file is named. */
export function namedPath({ setting, value, path }: WrittenPath): NamedPath | undefined {
  return value ? { setting, path: path ?? value, written: value } : undefined
}
