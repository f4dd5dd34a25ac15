import { inClear } from '@asana-audit/core/sink-kit'
import type { LineFileWarning } from '@asana-audit/jsonl'
import { endsTwice, pathTwice, shown } from './endpoint.ts'

/** Something a person should know, although every record is safe. Sinks hand it to `onWarning`; they never log. */
export interface SinkWarning {
  /**
   * - `receiver_message`: the OTLP receiver accepted everything, with a message.
   * - `plain_http`: headers or a query, which may hold a secret, are sent to another machine unencrypted; once, when
   *   the sink is made.
   * - `path_twice`: the URL ends in `/v1/logs/v1/logs`; once, when the sink is made.
   * - `second_headers`: the receiver refuses the secret headers, and the second ones are in use; `first_headers`: the
   *   first ones are in use again. Each time that changes.
   * - `old_credentials`: a new certificate or key or new headers cannot be read or used, so the earlier ones still are;
   *   once for each cause.
   * - `long_line`: a single record makes a line of 1 MiB or more, which some readers cut.
   * - those of a file, `LineFileWarning`.
   */
  readonly code:
    | 'receiver_message'
    | 'plain_http'
    | 'path_twice'
    | 'second_headers'
    | 'first_headers'
    | 'old_credentials'
    | 'long_line'
    | LineFileWarning['code']
  readonly message: string
}

export type OnWarning = (warning: SinkWarning) => void

/** Warnings about the connection to a receiver, before anything is sent. */
export function openingWarnings(url: URL, hasHeaders: boolean): SinkWarning[] {
  const warnings: SinkWarning[] = []
  if (inClear(url) && (hasHeaders || url.search !== '')) {
    const what = hasHeaders ? 'The headers' : 'The query of the URL'
    const message = `${what}, which may hold a secret, and the records are sent to ${url.origin} unencrypted. Use https.`
    warnings.push({ code: 'plain_http', message })
  }
  if (endsTwice(url)) warnings.push({ code: 'path_twice', message: `Logs go to ${shown(url)}. ${pathTwice}` })
  return warnings
}

/** Which of two secret headers have come into use. */
export function headersInUse(inUse: 'first' | 'second', { origin }: URL): SinkWarning {
  return inUse === 'second'
    ? {
        code: 'second_headers',
        message: `${origin} refuses the secret headers, so the second ones are in use. Put the new ones in the place of the first.`,
      }
    : { code: 'first_headers', message: `The first secret headers for ${origin} are in use again.` }
}
