/** A secret, or a function that returns it, called before each request. */
export type Secret = string | SecretReader

/** Returns the secret to send. */
export interface SecretReader {
  (): string | Promise<string>
  /**
   * Looks for a secret that is not among those the server has just refused; undefined if there is none. What it returns is what the
   * function itself returns from then on. Left out: the function is called once more.
   */
  readonly another?: ((refused: ReadonlySet<string>) => Promise<string | undefined>) | undefined
  /** Why it returned an earlier secret when it was last called: the present one cannot be read. Undefined if it returned that. */
  readonly oldBecause?: (() => string | undefined) | undefined
  /** Where it comes from, for the message of a refusal, such as `the file /run/secrets/token`. It shows no secret. Left out: nothing is said. */
  readonly origin?: string | undefined
}

/** The secret to send now. */
export function currentSecret(secret: Secret): string | Promise<string> {
  return typeof secret === 'string' ? secret : secret()
}

/** See `SecretReader.origin`. */
export function originOf(secret: Secret): string | undefined {
  return typeof secret === 'string' ? undefined : secret.origin
}

/** See `SecretReader.oldBecause`. */
export function oldBecause(secret: Secret): string | undefined {
  return typeof secret === 'string' ? undefined : secret.oldBecause?.()
}

/** A secret that is not in `refused`; undefined if there is none. */
export async function anotherSecret(
  secret: Secret,
  refused: ReadonlySet<string>,
): Promise<string | undefined> {
  if (typeof secret !== 'string' && secret.another) return secret.another(refused)
  const text = await currentSecret(secret)
  return refused.has(text) ? undefined : text
}
