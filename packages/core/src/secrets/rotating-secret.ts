import { anotherSecret, currentSecret, oldBecause, type Secret, type SecretReader } from './secret.ts'

export interface RotatingSecretOptions {
  /** A text, or a function that returns it. */
  readonly first: Secret
  /** Used while the first is refused or cannot be read. */
  readonly second: Secret
  /**
   * Called when the other one has come into use.
   * @default none
   */
  readonly onUse?: ((inUse: 'first' | 'second') => void) | undefined
}

/**
 * Two secrets, so that one can be replaced without a pause: if a server refuses the first, the second is tried at once, and used until
 * the first has changed. If both are refused, the next attempt begins with the first again.
 */
export function rotatingSecret({ first, second, onUse }: RotatingSecretOptions): SecretReader {
  /** The first one as it was refused, while the second is in use. */
  let passedOver: string | undefined
  let inUse: 'first' | 'second' = 'first'

  function use(one: 'first' | 'second', text: string): string {
    if (one !== inUse) {
      inUse = one
      onUse?.(one)
    }
    return text
  }

  async function read(): Promise<string> {
    let text: string
    try {
      text = await currentSecret(first)
    } catch (error) {
      const other = await readable(currentSecret, second)
      if (other === undefined) throw error
      return use('second', other)
    }
    if (text !== passedOver) return use('first', text)
    const other = await readable(currentSecret, second)
    return other === undefined ? use('first', text) : use('second', other)
  }

  /** Nothing is said of a use yet: only the next request shows that the server takes it. */
  async function another(refused: ReadonlySet<string>): Promise<string | undefined> {
    const again = (secret: Secret): Promise<string | undefined> => anotherSecret(secret, refused)
    passedOver = undefined
    const changed = await readable(again, first)
    if (changed !== undefined) return changed
    const other = await readable(again, second)
    if (other !== undefined) passedOver = await readable(currentSecret, first)
    return other
  }

  return Object.assign(read, { another, oldBecause: () => oldBecause(inUse === 'first' ? first : second) })
}

/** Undefined if it cannot be read: the other one may do. */
async function readable(
  ask: (secret: Secret) => string | undefined | Promise<string | undefined>,
  secret: Secret,
): Promise<string | undefined> {
  try {
    return await ask(secret)
  } catch {
    return undefined
  }
}
