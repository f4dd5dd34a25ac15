import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { spokenValue } from './yaml/spoken-value.ts'

/** Where settings were written, and what that means for them. Paths of settings are dotted: `filters.event_type`, `to[0].otlp`. */
export interface Origin {
  /** What a setting is called there. */
  place(path: string): string
  /** A wrong value as an error repeats it; undefined where it may be a secret. */
  spoken(path: string, value: unknown): string | undefined
  /** The path of a file, from wherever the process runs. */
  file(written: string): string
}

/** Settings of the command line and the environment: files count from the current folder. */
export function commandLine(place: (path: string) => string): Origin {
  return { place, spoken: (_, value) => spokenValue(value), file: (written) => inHome(written) }
}

/** `~` at the beginning is the home of the user, as in a shell, which does not always get to see it. */
export function inHome(written: string): string {
  return /^~(?=$|[/\\])/.test(written) ? join(homedir(), written.slice(1)) : written
}

/** A path of a file of settings counts from the folder that file is in. */
export function beside(folder: string, written: string): string {
  return resolve(folder, inHome(written))
}
