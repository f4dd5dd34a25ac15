import { inClear } from '@asana-audit/core/sink-kit'
import type { HecWarning } from './hec-warning.ts'

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
