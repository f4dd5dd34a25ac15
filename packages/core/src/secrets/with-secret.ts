import { anotherSecret, currentSecret, type Secret } from './secret.ts'

/** The answer to a request, and the secret it was made with. No message may repeat that. */
export interface Answered<T> {
  readonly answer: T
  readonly secret: string
}

/**
 * Makes a request with the secret. If the server refuses it (401 or 403), the secret is looked at again, and the request is made once
 * with each other one that is found: a file that was just replaced, or a second token. Resolves with the last answer.
 */
export async function withSecret<T extends { readonly status: number }>(
  secret: Secret,
  request: (text: string) => Promise<T>,
): Promise<Answered<T>> {
  const refused = new Set<string>()
  let text = await currentSecret(secret)
  for (;;) {
    const answer = await request(text)
    if (answer.status !== 401 && answer.status !== 403) return { answer, secret: text }
    refused.add(text)
    const other = await anotherSecret(secret, refused)
    if (other === undefined || refused.has(other)) return { answer, secret: text }
    text = other
  }
}
