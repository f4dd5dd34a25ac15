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
