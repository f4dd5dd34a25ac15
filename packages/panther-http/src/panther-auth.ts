import { createHmac } from 'node:crypto'

/** The methods of an HTTP source in Panther. `None` is left out: anybody could write into such a source. */
export const pantherAuths = ['bearer', 'shared-secret', 'hmac', 'basic'] as const
export type PantherAuth = (typeof pantherAuths)[number]

export const hmacAlgorithms = ['sha256', 'sha512'] as const
export type HmacAlgorithm = (typeof hmacAlgorithms)[number]

export const hmacEncodings = ['hex', 'base64'] as const
export type HmacEncoding = (typeof hmacEncodings)[number]

export interface PantherAuthOptions {
  /**
   * The method chosen for the source in Panther: `bearer`, `shared-secret`, `hmac` or `basic`.
   * @default 'bearer'
   */
  readonly auth?: PantherAuth | undefined
  /**
   * The header that Panther looks at. Required for `shared-secret` and `hmac`, and for no other method.
   * @default none
   */
  readonly header?: string | undefined
  /**
   * The user name. Required for `basic`, and for no other method.
   * @default none
   */
  readonly username?: string | undefined
  /**
   * For `hmac`: `sha256` or `sha512`, as chosen in Panther.
   * @default 'sha256'
   */
  readonly hmacAlgorithm?: HmacAlgorithm | undefined
  /**
   * For `hmac`: how the signature is written, `hex` or `base64`. Panther's page does not say which it expects.
   * @default 'hex'
   */
  readonly hmacEncoding?: HmacEncoding | undefined
}

/** Headers that belong to the request itself. */
const reserved: ReadonlySet<string> = new Set([
  ...['accept-encoding', 'connection', 'content-encoding', 'content-length', 'content-type', 'cookie'],
  ...['host', 'transfer-encoding', 'user-agent'],
])

export interface AuthProblem {
  readonly option: keyof PantherAuthOptions
  /** A sentence about the option. */
  readonly message: string
}

/** What is wrong with the options of a method. */
export function authProblem(options: PantherAuthOptions): AuthProblem | undefined {
  const { auth = 'bearer', hmacAlgorithm = 'sha256', hmacEncoding = 'hex' } = options
  return (
    oneOf('auth', auth, pantherAuths) ??
    oneOf('hmacAlgorithm', hmacAlgorithm, hmacAlgorithms) ??
    oneOf('hmacEncoding', hmacEncoding, hmacEncodings) ??
    headerProblem(auth, options.header) ??
    usernameProblem(auth, options.username)
  )
}

function oneOf(
  option: keyof PantherAuthOptions,
  value: string,
  known: readonly string[],
): AuthProblem | undefined {
  return known.includes(value) ? undefined : { option, message: `It must be one of ${known.join(', ')}.` }
}

function headerProblem(auth: PantherAuth, header: string | undefined): AuthProblem | undefined {
  const inHeader = auth === 'shared-secret' || auth === 'hmac'
  if (inHeader && !header) {
    const message = `It is missing: the method ${auth} needs the name of the header that the source in Panther has. A good value is x-panther-secret.`
    return { option: 'header', message }
  }
  if (!inHeader && header) {
    const message = `The method ${auth} has no header of its own. Leave it out, or set the method to shared-secret or hmac.`
    return { option: 'header', message }
  }
  if (header && (!/^[\w!#$%&'*+.^`|~-]+$/.test(header) || reserved.has(header.toLowerCase()))) {
    const message =
      'It is not the name of a header that can be used for this. A good value is x-panther-secret.'
    return { option: 'header', message }
  }
  return undefined
}

function usernameProblem(auth: PantherAuth, username: string | undefined): AuthProblem | undefined {
  if (auth === 'basic' && !username) {
    return { option: 'username', message: 'It is missing: the method basic needs a user name.' }
  }
  if (auth !== 'basic' && username) {
    const message = `The method ${auth} has no user name. Leave it out, or set the method to basic.`
    return { option: 'username', message }
  }
  if (username && /[:\p{Cc}]/u.test(username)) {
    return { option: 'username', message: 'It must hold no colon and no control character.' }
  }
  return undefined
}

/** What is wrong with a secret for this method, as a sentence that does not quote it. */
export function secretProblem(auth: PantherAuth, secret: string): string | undefined {
  if (secret === '') return 'It is empty. Give the secret of the HTTP source in Panther.'
  if (auth === 'bearer' && /^bearer\s/i.test(secret)) {
    return 'It begins with the word Bearer. Give only the token.'
  }
  if (auth === 'bearer' && !/^[\x21-\x7e]+$/.test(secret)) {
    return 'It has spaces or characters that no token has. Give only the token.'
  }
  if (auth === 'shared-secret' && !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(secret)) {
    return 'It has characters that a header cannot carry. Give only the value of the shared secret.'
  }
  if (/\p{Cc}/u.test(secret)) return 'It has a line break or another control character. Give only the secret.'
  return undefined
}

/**
 * The headers of a request with this body. An HMAC is over exactly the bytes that are sent, so over the compressed ones. Whether
 * Panther signs these or the uncompressed ones, and in which encoding, its page does not say.
 */
export function authHeaders(
  options: PantherAuthOptions,
  secret: string,
  body: Uint8Array,
): Readonly<Record<string, string>> {
  const { auth = 'bearer', header = '', username, hmacAlgorithm = 'sha256', hmacEncoding = 'hex' } = options
  switch (auth) {
    case 'bearer':
      return { authorization: `Bearer ${secret}` }
    case 'shared-secret':
      return { [header.toLowerCase()]: secret }
    case 'hmac':
      return { [header.toLowerCase()]: createHmac(hmacAlgorithm, secret).update(body).digest(hmacEncoding) }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` }
  }
}
