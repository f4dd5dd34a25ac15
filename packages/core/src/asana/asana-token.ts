import { fault } from '../fault.ts'

/** What is wrong with an Asana token, as a sentence that does not quote it. Undefined if it can be sent. */
export function asanaTokenProblem(token: string): string | undefined {
  if (token === '') return 'The Asana token is empty. Give the token of a service account.'
  if (/^bearer\b/i.test(token)) {
    return 'The Asana token begins with "Bearer". Leave that word out: we add it to every request.'
  }
  if (/^["'].*["']$/.test(token)) return 'The Asana token is in quotes. Leave them out.'
  // Other characters cannot be in a header, and the HTTP library's error would quote the token.
  if (/^[\x21-\x7e]+$/.test(token)) return undefined
  return 'The Asana token contains spaces, control characters or letters that no token has. Copy it again.'
}

/** Throws a fatal `bad_token`. */
export function checkAsanaToken(token: string): void {
  const message = asanaTokenProblem(token)
  if (message !== undefined) throw fault({ fault: 'fatal', code: 'bad_token', message })
}
