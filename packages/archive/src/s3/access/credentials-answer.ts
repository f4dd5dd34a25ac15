import type { TemporaryAccess } from './renewed-access.ts'

/** The key in an answer of STS; undefined if it holds none. Its values have no characters that XML would write in another way. */
export function readCredentialsXml(text: string): TemporaryAccess | undefined {
  const textIn = (name: string): string | undefined =>
    new RegExp(`<${name}>\\s*([^<&\\s]+)\\s*</${name}>`).exec(text)?.[1]
  return completeAccess({
    accessKeyId: textIn('AccessKeyId'),
    secretAccessKey: textIn('SecretAccessKey'),
    sessionToken: textIn('SessionToken'),
    expires: textIn('Expiration'),
  })
}

/** The key in an answer of a metadata service of AWS; undefined if it holds none. */
export function readCredentialsJson(text: string): TemporaryAccess | undefined {
  const answer = ((): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  })()
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = Object(answer) as Record<string, unknown>
  return completeAccess({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expires: Expiration,
  })
}

function completeAccess(
  found: Readonly<Record<'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'expires', unknown>>,
): TemporaryAccess | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, expires } = found
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined
  if (typeof sessionToken !== 'string' || typeof expires !== 'string') return undefined
  const expiresAt = Date.parse(expires)
  return Number.isNaN(expiresAt) ? undefined : { accessKeyId, secretAccessKey, sessionToken, expiresAt }
}
