import { anotherSecret, oldBecause, type Secret, type SecretReader } from './secret.ts'

/** The same secret. `tell` hears why an earlier one is in use, once for each cause. */
export function tellOldSecret(secret: SecretReader, tell: (message: string) => void): SecretReader
export function tellOldSecret(secret: Secret, tell: (message: string) => void): Secret
export function tellOldSecret(secret: Secret, tell: (message: string) => void): Secret {
  if (typeof secret === 'string') return secret
  let told: string | undefined
  const noted = <T>(text: T): T => {
    const why = oldBecause(secret)
    if (why !== undefined && why !== told) tell(why)
    told = why
    return text
  }
  return Object.assign(
    () => {
      const text = secret()
      return typeof text === 'string' ? noted(text) : text.then(noted)
    },
    {
      another: async (refused: ReadonlySet<string>) => noted(await anotherSecret(secret, refused)),
      oldBecause: () => oldBecause(secret),
      origin: secret.origin,
    },
  )
}
