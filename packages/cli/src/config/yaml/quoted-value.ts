import { isSecretShaped } from '@asana-audit/core/config'

/**
 * A value as an error message quotes it. Undefined for one that may be a secret in the wrong setting: a token, a key, an address with a
 * password.
 */
export function quotedValue(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === undefined || text.length > 200 || isSecretShaped(text)) return undefined
  return JSON.stringify(value)
}
