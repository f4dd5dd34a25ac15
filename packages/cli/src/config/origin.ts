import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { quotedValue } from './yaml/quoted-value.ts'

/** The place settings were written in: a file, or flags and environment. Paths of settings are dotted: `filters.event_type`, `to[0].otlp`. */
export interface Origin {
  /** The name of a setting in messages, for example `--to` or `pipelines.yaml, line 3: pipelines[0].to`. */
  settingName(path: string): string
  /** Where a setting that is set was written, for example `--to`, `ASANA_WORKSPACE` or `pipelines.yaml, line 3`. */
  place(path: string): string
  /** A wrong value as an error message may quote it. Undefined if it may be a secret. */
  quoted(path: string, value: unknown): string | undefined
  /** The names of the variables of the environment that the file puts into this value: `${NAME}`. */
  variables(path: string): readonly string[]
  /** The path of a file, resolved from the place its setting was written in. */
  file(written: string): string
}

/** Settings of the command line and the environment: paths are relative to the current folder. */
export function commandLine(settingName: (path: string) => string): Origin {
  return {
    settingName,
    place: settingName,
    quoted: (_, value) => quotedValue(value),
    variables: () => [],
    file: (written) => inHome(written),
  }
}

/** Expands `~` at the beginning to the user's home, as a shell does. A shell does not expand it everywhere, for example after `file:`. */
export function inHome(written: string): string {
  return /^~(?=$|[/\\])/.test(written) ? join(homedir(), written.slice(1)) : written
}

/** A path in a settings file is relative to the folder of that file. */
export function inFolder(folder: string, written: string): string {
  return resolve(folder, inHome(written))
}
