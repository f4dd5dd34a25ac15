import { inClear } from '@asana-audit/core/sink-kit'
import type { HecWarning } from './hec-warning.ts'

/** What is worth knowing of the way to the collector before anything is sent on it. */
export function openingWarnings(url: URL, insecure: boolean | undefined): HecWarning[] {
  const { origin, protocol } = url
  const warnings: HecWarning[] = []
  if (insecure && protocol === 'https:') {
    const message = `The certificate of ${origin} is not checked, so anybody in between can read the token and the events. Name its CA instead.`
    warnings.push({ code: 'insecure_tls', message })
  }
  if (inClear(url)) {
    const message = `The token and the events go to ${origin} in clear. Use https.`
    warnings.push({ code: 'plain_http', message })
  }
  return warnings
}
