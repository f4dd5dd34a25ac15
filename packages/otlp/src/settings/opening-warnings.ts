import { inClear } from '@asana-audit/core/sink-kit'
import { endsTwice, pathTwice, shown } from './endpoint.ts'
import type { SinkWarning } from './sink-warning.ts'

/** Warnings about the connection to a receiver, before anything is sent. */
export function openingWarnings(url: URL, headers: Readonly<Record<string, string>>): SinkWarning[] {
  const warnings: SinkWarning[] = []
  if (inClear(url) && (Object.keys(headers).length > 0 || url.search !== '')) {
    const what = Object.keys(headers).length > 0 ? 'The headers' : 'The query of the URL'
    const message = `${what}, which may hold a secret, and the records are sent to ${url.origin} unencrypted. Use https.`
    warnings.push({ code: 'plain_http', message })
  }
  if (endsTwice(url)) warnings.push({ code: 'path_twice', message: `Logs go to ${shown(url)}. ${pathTwice}` })
  return warnings
}
