import type { NamedPath } from '../files/named-file.ts'
import { type Environment, settingOf } from './setting-problem.ts'

/** A setting as it was written, in the environment or in a file; not checked yet. */
export interface WrittenSetting<T = string> {
  /** Its name in the environment or file. Problems are reported under this name. */
  readonly setting: string
  /** Undefined if it is not set. */
  readonly value: T | undefined
}

/** A setting that names a file. */
export interface WrittenPath extends WrittenSetting {
  /** The path of the file, valid from any working directory. */
  readonly path?: string
}

/** The name of a setting beside another one: of `pipelines[0].to.splunk_hec.url` it is `url`. */
export function shortName(setting: string): string {
  return setting.slice(setting.lastIndexOf('.') + 1)
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

/** Undefined if no file is named. */
export function namedPath({ setting, value, path }: WrittenPath): NamedPath | undefined {
  return value ? { setting, path: path ?? value, written: value } : undefined
}
