import { inClear } from '@asana-audit/core/sink-kit'

/** Something a person should know, although nothing is lost. The sink hands it to `onWarning`; it never logs. */
export interface HecWarning {
  /**
   * - `insecure_tls`: certificates are not checked; once, when the sink is made.
   * - `plain_http`: the token is sent to another machine unencrypted; once, when the sink is made.
   * - `near_capacity`: the collector accepts events, but is close to its limits; once until this is over.
   * - `ack_not_awaited`: the token has indexer acknowledgement on, which a sink without `ack` does not wait for;
   *   once.
   */
  readonly code: 'insecure_tls' | 'plain_http' | 'near_capacity' | 'ack_not_awaited'
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
