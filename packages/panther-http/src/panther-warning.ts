import { inClear } from '@asana-audit/core/sink-kit'

/** Something a person should know, although nothing is lost. The sink hands it to `onWarning`; it never logs. */
export interface PantherWarning {
  /**
   * - `insecure_tls`: certificates are not checked; once, when the sink is made.
   * - `plain_http`: events are sent to another machine unencrypted; once, when the sink is made.
   * - `second_secret`: Panther refuses the secret, and the second one is in use; `first_secret`: the first one is in use again. Each
   *   time that changes.
   * - `old_credentials`: a new certificate, key or secret cannot be read or used, so the earlier one still is; once for each cause.
   */
  readonly code: 'insecure_tls' | 'plain_http' | 'second_secret' | 'first_secret' | 'old_credentials'
  readonly message: string
}

export type OnPantherWarning = (warning: PantherWarning) => void

/** Warnings about the connection, before anything is sent. */
export function openingWarnings(url: URL, insecure: boolean | undefined): PantherWarning[] {
  const { origin, protocol } = url
  const warnings: PantherWarning[] = []
  if (insecure && protocol === 'https:') {
    const message = `The certificate of ${origin} is not checked, so anybody on the network path can read the secret and the events. Set its CA instead.`
    warnings.push({ code: 'insecure_tls', message })
  }
  if (inClear(url)) {
    const message = `The secret and the events are sent to ${origin} unencrypted. Use https.`
    warnings.push({ code: 'plain_http', message })
  }
  return warnings
}

/** Which of two secrets has come into use. */
export function secretInUse(inUse: 'first' | 'second', url: string): PantherWarning {
  const { origin } = new URL(url)
  const message =
    inUse === 'second'
      ? `${origin} refuses the secret, so the second secret is in use. Put the new secret in the place of the first one.`
      : `The first secret for ${origin} is in use again.`
  return { code: inUse === 'second' ? 'second_secret' : 'first_secret', message }
}
