import { createHmac } from 'node:crypto'

const hashed = /^hmac-sha256:[0-9a-f]{64}$/

/** `hmac-sha256:` and 64 hex digits: the same for the same text under the same key. */
export function keyedHash(key: string | Uint8Array): (text: string) => string {
  return (text) => `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`
}

/** Whether a text is such a hash, so that nothing is hashed twice. */
export function isKeyedHash(text: string): boolean {
  return hashed.test(text)
}
