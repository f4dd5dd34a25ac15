import { fault } from '../fault.ts'

/** What is wrong with a token of Asana, as a sentence without it; undefined where it can be sent. */
export function asanaTokenProblem(token: string): string | undefined {
  if (token === '') return 'The Asana token is empty. Give that of a service account.'
  if (/^bearer\b/i.test(token)) {
    return 'The Asana token begins with "Bearer". Leave that word out: it is added to every request.'
  }
  if (/^["'].*["']$/.test(token)) return 'The Asana token stands in quotes. Leave them out.'
  // Anything else cannot be in a header, and the error of the layer below would quote it.
  if (/^[\x21-\x7e]+$/.test(token)) return undefined
  return 'The Asana token has spaces, control characters or letters in it that no token has. Copy it again.'
}

/** Rejects with a fatal `bad_token`. */
export async function readAsanaToken(token: string | (() => string | Promise<string>)): Promise<string> {
  const text = typeof token === 'function' ? await token() : token
  const message = asanaTokenProblem(text)
  if (message === undefined) return text
  throw fault({ fault: 'fatal', code: 'bad_token', message })
}
