import { type Clock, systemClock } from '../clock.ts'
import { type Fault, fault } from '../fault.ts'
import { fileVersion } from '../files/file-version.ts'
import { namedFile } from '../files/named-file.ts'
import { codeOf, readStep } from '../files/path-step.ts'
import { readSmallFile } from '../files/read-small-file.ts'
import type { SecretReader } from './secret.ts'

/** A file is looked at once in this time: a look before each request would be most of the cost of a request. */
const lookEveryMs = 1_000
/** As for the output of a command. */
const maxBytes = 65_536

/**
 * A secret in a file, for the `token` of sources and sinks. The file is looked at once a second at most, and read when it is another
 * one or has changed, also through links; after a refusal it is read at once. So a new secret is used without a restart. While the file
 * is missing or empty, what it held before is used until a server refuses it; rejects with a fatal `token_file` then, and if there is
 * nothing before. `written` is the path as written in the settings: if it may be the secret itself, no error shows it. `what` names the
 * secret in errors.
 */
export function secretFile(
  path: string,
  written: string = path,
  clock: Clock = systemClock,
  what = 'token',
): SecretReader {
  let held: { readonly text: string; readonly version: string } | undefined
  let failure: Fault | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  /** Requests that are made at the same time share a look. */
  let looking: Promise<string> | undefined

  async function look(isRefused: boolean): Promise<void> {
    try {
      const version = await fileVersion(path)
      if (isRefused || version !== held?.version) held = { text: secretIn(path), version }
      failure = undefined
    } catch (error) {
      const message = `The ${what} file${namedFile(written, path)} cannot be read (${codeOf(error)}). ${readStep(error, 'Put it back, or give another path.')}`
      failure = fault({ fault: 'fatal', code: 'token_file', message })
    }
    lookedAt = clock.now()
  }

  async function lookNow(): Promise<string> {
    await look(false)
    if (held) return held.text
    throw failure
  }

  function read(): string | Promise<string> {
    const ageMs = clock.now() - lookedAt
    if (held && ageMs >= 0 && ageMs < lookEveryMs) return held.text
    looking ??= lookNow().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function another(refused: ReadonlySet<string>): Promise<string | undefined> {
    await look(true)
    if (failure) throw failure
    return held === undefined || refused.has(held.text) ? undefined : held.text
  }

  const oldBecause = (): string | undefined =>
    held && failure && `${failure.message} Until then, what it held before is used.`
  return Object.assign(read, { another, oldBecause })
}

/** Throws for an empty file too: it may be half written. */
export function secretIn(path: string): string {
  const text = readSmallFile(path, maxBytes).trim()
  if (text === '') throw Object.assign(new Error('The file is empty.'), { code: 'empty' })
  return text
}
