import type { Clock } from '../clock.ts'
import type { Credentials, CredentialsReader } from '../http/http-client-options.ts'
import type { SettingProblem } from '../options/setting-problem.ts'
import { fileVersion } from './file-version.ts'

export type ReadCertificates =
  | { readonly held: Credentials; readonly problems?: never }
  | { readonly problems: readonly SettingProblem[] }

/** As for secrets: see `secretFile`. */
const lookEveryMs = 1_000

/**
 * Looks at the files once a second at most, and reads all of them when one has changed. While what they hold cannot be used, the last
 * that could stays in use, and `warn` hears why, once: two files are not replaced at the same moment. Resolves with the problems if
 * the first read finds any.
 */
export async function renewedCertificates(
  paths: readonly string[],
  read: () => ReadCertificates,
  clock: Clock,
): Promise<CredentialsReader | { readonly problems: readonly SettingProblem[] }> {
  let version = await versionOf(paths)
  const first = read()
  if (first.problems) return first
  let { held } = first
  let lookedAt = clock.now()
  let said = ''
  /** Requests that are made at the same time share a look. */
  let looking: Promise<Credentials> | undefined

  async function look(warn: (message: string) => void): Promise<Credentials> {
    // Before the read: a file that changes meanwhile is read again at the next look.
    const seen = await versionOf(paths)
    if (seen !== version) {
      const now = read()
      if (now.problems) {
        const message = whatIsKept(now.problems)
        if (message !== said) warn(message)
        said = message
      } else {
        held = now.held
        version = seen
        said = ''
      }
    }
    lookedAt = clock.now()
    return held
  }

  return (warn) => {
    const ageMs = clock.now() - lookedAt
    if (ageMs >= 0 && ageMs < lookEveryMs) return held
    looking ??= look(warn).finally(() => {
      looking = undefined
    })
    return looking
  }
}

function whatIsKept(problems: readonly SettingProblem[]): string {
  const listed = problems.map(({ setting, message }) => `${setting}: ${message}`).join(' ')
  return `${listed} Until then, what these files held before is used.`
}

async function versionOf(paths: readonly string[]): Promise<string> {
  const versions = await Promise.all(paths.map((path) => fileVersion(path).catch(() => 'missing')))
  return versions.join('\n')
}
