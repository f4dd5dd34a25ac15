import { inClear } from '@asana-audit/core/sink-kit'

/** Something a person should know, although nothing is lost. The sink hands it to `onWarning`; it never logs. */
export interface HecWarning {
  /**
   * - `insecure_tls`: certificates are not checked; once, when the sink is made.
   * - `plain_http`: the token is sent to another machine unencrypted; once, when the sink is made.
   * - `near_capacity`: the collector accepts events, but is close to its limits; once until this is over.
   * - `ack_not_awaited`: the token has indexer acknowledgement on, which a sink without `ack` does not wait for;
   *   once.
   * - `ack_polls_fail`: with `ack`, requests whether events are indexed have failed for some seconds; once until one works.
   * - `second_token`: the collector refuses the token, and the second one is in use; `first_token`: the first one is in use
   *   again. Each time that changes.
   * - `old_credentials`: a new certificate, key or token cannot be read or used, so the earlier one still is; once for
   *   each cause.
   */
  readonly code:
    | 'insecure_tls'
    | 'plain_http'
    | 'near_capacity'
    | 'ack_not_awaited'
    | 'ack_polls_fail'
    | 'second_token'
    | 'first_token'
    | 'old_credentials'
  readonly message: string
}

export type OnHecWarning = (warning: HecWarning) => void

/** Warnings about the connection to the collector, before anything is sent. */
export function openingWarnings(url: URL, insecure: boolean | undefined): HecWarning[] {
  const { origin, protocol } = url
  const warnings: HecWarning[] = []
  if (insecure && protocol === 'https:') {
    const message = `The certificate of ${origin} is not checked, so anybody on the network path can read the token and the events. Set its CA instead.`
    warnings.push({ code: 'insecure_tls', message })
  }
  if (inClear(url)) {
    const message = `The token and the events are sent to ${origin} unencrypted. Use https.`
    warnings.push({ code: 'plain_http', message })
  }
  return warnings
}

/** Which of two tokens has come into use. */
export function tokenInUse(inUse: 'first' | 'second', url: string): HecWarning {
  const { origin } = new URL(url)
  const message =
    inUse === 'second'
      ? `${origin} refuses the token, so the second token is in use. Put the new token in the place of the first one.`
      : `The first token for ${origin} is in use again.`
  return { code: inUse === 'second' ? 'second_token' : 'first_token', message }
}
