import { isKeyedHash } from '../keyed-hash.ts'

/** The normal form of an identity: case of an address, blanks around it and Unicode form do not matter. */
export function normalIdentity(identity: string): string {
  const text = identity.trim().normalize('NFC')
  return text.includes('@') ? text.toLowerCase() : text
}

/** The addresses in a list of them (`ann@example.com, bo@example.com`); anything else is one identity. */
export function identitiesIn(text: string): string[] {
  const parts = text.match(separate) ?? []
  return parts.length > 1 && parts.every((part) => part.includes('@')) ? parts : [text]
}

/** The same text with each of its identities replaced. */
export function replaceIdentities(text: string, replacement: (identity: string) => string): string {
  return identitiesIn(text).length > 1 ? text.replaceAll(separate, replacement) : replacement(text)
}

const separate = /[^\s,;]+/g

/** Whether a text has nothing left to hide. */
export function isHidden(text: string): boolean {
  return text.trim() === '' || isKeyedHash(text)
}
