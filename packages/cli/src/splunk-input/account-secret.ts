import { type Clock, type Fault, fault, isFault } from '@asana-audit/core'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import { readAccountToken, type Splunkd } from '@asana-audit/splunk-input'
import type { Warning } from '../terminal/problem.ts'

/** How often a token in use is read again, because it may have been replaced on the page. */
const readAgainMs = 60_000

/** Who hears of a token that cannot be read again. */
export interface AccountSecretListener {
  readonly onWarning: (warning: Warning) => void
  /** Asana refuses the token, and only a process with a new session key can read another one. */
  readonly onStale: (found: Fault) => void
}

/**
 * The token of an account, in memory only. The first reading must work. Later ones that fail leave the last token in use: the session key
 * may have expired, and Asana does not need it. That is said once.
 */
export function accountSecret(
  splunkd: Splunkd,
  account: string,
  clock: Clock,
  { onWarning, onStale }: AccountSecretListener,
): SecretReader {
  let last: { readonly token: string; readonly at: number } | undefined
  let isWarned = false

  async function read(isRefused: boolean): Promise<string> {
    try {
      const token = await readAccountToken(splunkd, account)
      last = { token, at: clock.now() }
      isWarned = false
    } catch (error) {
      if (!last || !isFault(error)) throw error
      if (isRefused && error.code === 'session_expired') onStale(staleToken())
      // Not at each request.
      last = { token: last.token, at: clock.now() }
      if (!isWarned) onWarning({ code: 'old_token', message: oldToken(error) })
      isWarned = true
    }
    return last.token
  }

  const current = async (): Promise<string> =>
    last && clock.now() - last.at < readAgainMs ? last.token : read(false)
  return Object.assign(current, {
    async another(refused: ReadonlySet<string>) {
      const token = await read(true)
      return refused.has(token) ? undefined : token
    },
  })
}

function staleToken(): Fault {
  const message =
    'Asana refuses the token, and splunkd does not accept the session key with which the token could be read again. The input ends, and Splunk starts it again with a new key. If the token was revoked, enter another one on the page Configuration.'
  return fault({ fault: 'fatal', final: true, code: 'session_expired', message })
}

function oldToken({ code, message }: Fault): string {
  const replaced =
    code === 'session_expired'
      ? 'If it is replaced on the page, disable the input and enable it again.'
      : 'It is read again each minute, so one that is replaced on the page is found once that works.'
  return `${message} The token that was read before stays in use. ${replaced}`
}
