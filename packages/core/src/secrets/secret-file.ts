import { readFile } from 'node:fs/promises'
import { type Clock, systemClock } from '../clock.ts'
import { fault } from '../fault.ts'
import { fileVersion } from '../files/file-version.ts'
import { namedFile } from '../files/named-file.ts'
import { codeOf } from '../files/path-step.ts'
import type { SecretReader } from './secret.ts'

/** A file is looked at once in this time: a look before each request would be most of the cost of a request. */
const lookEveryMs = 1_000

/**
 * A secret in a file, for the `token` of sources and sinks. The file is looked at once a second at most, and read when it is another
 * one or has changed, also through links; after a refusal it is read at once. So a new secret is used without a restart. Rejects with
 * a fatal `token_file`. `written` is the path as written in the settings: if it may be the secret itself, no error shows it.
 * `what` names the secret in errors.
 */
export function secretFile(
  path: string,
  written: string = path,
  clock: Clock = systemClock,
  what = 'token',
): SecretReader {
  let held: { readonly text: string; readonly version: string } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  /** Requests that are made at the same time share a look. */
  let looking: Promise<string> | undefined

  async function look(isRefused: boolean): Promise<string> {
    try {
      const version = await fileVersion(path)
      if (isRefused || version !== held?.version)
        held = { text: (await readFile(path, 'utf8')).trim(), version }
      lookedAt = clock.now()
      return held.text
    } catch (error) {
      held = undefined
      const message = `The ${what} file${namedFile(written, path)} cannot be read (${codeOf(error)}). Put it back, or give another path.`
      throw fault({ fault: 'fatal', code: 'token_file', message })
    }
  }

  function read(): string | Promise<string> {
    const ageMs = clock.now() - lookedAt
    if (held && ageMs >= 0 && ageMs < lookEveryMs) return held.text
    looking ??= look(false).finally(() => {
      looking = undefined
    })
    return looking
  }

  async function another(refused: ReadonlySet<string>): Promise<string | undefined> {
    const text = await look(true)
    return refused.has(text) ? undefined : text
  }

  return Object.assign(read, { another })
}
