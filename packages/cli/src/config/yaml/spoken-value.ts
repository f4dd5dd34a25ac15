import { isSecretShaped } from '@asana-audit/core/config'

/**
 * A value as an error repeats it; undefined for one that may be a secret put into the wrong place: a token, a key, an address with a
 * password in it.
 */
export function spokenValue(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === undefined || text.length > 200 || isSecretShaped(text)) return undefined
  return JSON.stringify(value)
}
