import { refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { judgeAnswer } from './judge-answer.ts'
import { type PantherConnectionOptions, pantherConnection } from './panther-connection.ts'
import { pantherSinkNames } from './panther-sink.ts'
import { type OnPantherWarning, openingWarnings } from './panther-warning.ts'

export interface PantherReachableOptions extends PantherConnectionOptions {
  /** As for `pantherSink`: `insecure_tls` and `plain_http`. */
  readonly onWarning?: OnPantherWarning | undefined
}

/**
 * Checks as much of an HTTP source as can be checked without an event: the options, that the secret can be read and sent, the name of
 * the host, the way through a proxy, the certificate, and that no login page, redirect or server error answers. Rejects with the
 * fault of a write. Throws a TypeError for invalid options.
 *
 * It makes a GET request without the secret. An HTTP source has no request that tests a secret: whatever is posted may become an
 * event. So the first event shows whether Panther accepts the secret, and whether the path is that of a source.
 */
export async function pantherReachable(
  options: PantherReachableOptions,
  signal?: AbortSignal,
): Promise<void> {
  // The options of the sink, so that one object works for both.
  refuseUnknownOptions('pantherReachable', pantherSinkNames, options)
  const connection = pantherConnection(options, options.onWarning)
  for (const warning of openingWarnings(connection.url, options.insecure)) options.onWarning?.(warning)
  try {
    await connection.checkSecret()
    const response = await connection.get(signal)
    const found = judgeAnswer(response, { url: connection.url, secrets: [], now: Date.now() })
    // A GET is no delivery, so a refusal of it says nothing about one.
    if (found && ['not_a_receiver', 'redirected', 'unavailable', 'server_error'].includes(found.code))
      throw found
  } finally {
    await connection.close()
  }
}
