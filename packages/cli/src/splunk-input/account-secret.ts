import { type Clock, isFault } from '@asana-audit/core'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import { readAccountToken, type Splunkd } from '@asana-audit/splunk-input'
import type { Warning } from '../terminal/problem.ts'

/** How often a token in use is read again, because it may have been replaced on the page. */
const readAgainMs = 60_000

/**
 * The token of an account, in memory only. The first reading must work. Later ones that fail leave the last token in use: the session key
 * may have expired, and Asana does not need it. That is said once.
 */
export function accountSecret(
  splunkd: Splunkd,
  account: string,
  clock: Clock,
  onWarning: (warning: Warning) => void,
): SecretReader {
  let last: { readonly token: string; readonly at: number } | undefined
  let isWarned = false

  async function read(): Promise<string> {
    try {
      const token = await readAccountToken(splunkd, account)
      last = { token, at: clock.now() }
      isWarned = false
    } catch (error) {
      if (!last || !isFault(error)) throw error
      // Not at each request.
      last = { token: last.token, at: clock.now() }
      if (!isWarned) onWarning({ code: 'old_token', message: oldToken(error.message) })
      isWarned = true
    }
    return last.token
  }

  const current = async (): Promise<string> =>
    last && clock.now() - last.at < readAgainMs ? last.token : read()
  return Object.assign(current, {
    async another(refused: ReadonlySet<string>) {
      const token = await read()
      return refused.has(token) ? undefined : token
    },
  })
}

function oldToken(why: string): string {
  return `${why} The token that was read before stays in use. If it is replaced on the page, disable the input and enable it again.`
}
