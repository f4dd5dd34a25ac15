import { fault, isFault } from '../fault.ts'
import { anotherSecret, type Secret } from './secret.ts'

/**
 * The same secret; an error of its reader becomes a temporary fault with this code, and a fault stays as it is. `what` begins the
 * sentence: `The Splunk HEC token`.
 */
export function explainedSecret(
  secret: Secret,
  { what, code }: { readonly what: string; readonly code: string },
): Secret {
  if (typeof secret === 'string') return secret
  const asked = async <T>(text: T | Promise<T>): Promise<T> => {
    try {
      return await text
    } catch (error) {
      if (isFault(error)) throw error
      const message = `${what} could not be read; the cause says why.`
      throw fault({ fault: 'temporary', code, message, cause: error })
    }
  }
  return Object.assign(async () => asked((async () => secret())()), {
    another: (refused: ReadonlySet<string>) => asked(anotherSecret(secret, refused)),
    oldBecause: () => secret.oldBecause?.(),
    origin: secret.origin,
  })
}
