import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { sha256 } from '../sha256.ts'

export interface Signature {
  /** The SHA-256 of the public key in the form SPKI (DER), to find the key again after a change of keys. */
  readonly public_key_sha256: string
  /** Base64. */
  readonly ed25519: string
}

export interface SigningKey {
  sign(text: string): Signature
}

/** From the PEM text of an Ed25519 private key without a passphrase. Throws a TypeError for anything else, and never quotes it. */
export function signingKey(pem: string): SigningKey {
  const key = keyOf(pem, 'private')
  const name = fingerprint(createPublicKey(key))
  return {
    sign: (text) => ({
      public_key_sha256: name,
      ed25519: sign(null, Buffer.from(text), key).toString('base64'),
    }),
  }
}

/** Why a text cannot be used as the key that signs entries, or checks them; undefined if it can. It is never quoted. */
export function archiveKeyProblem(pem: string, kind: 'private' | 'public'): string | undefined {
  try {
    keyOf(pem, kind)
    return undefined
  } catch (error) {
    return (error as TypeError).message
  }
}

export interface VerifyingKey {
  /** Whether the text was signed with the private key of this one, or of one of these. */
  verifies(text: string, signature: Signature): boolean
}

/** From the PEM text of an Ed25519 public key, or of several: keys change in the years of an archive. Throws a TypeError for anything else. */
export function verifyingKey(pems: string | readonly string[]): VerifyingKey {
  const keys = [pems].flat().map((pem) => keyOf(pem, 'public'))
  return {
    verifies: (text, { ed25519 }) =>
      keys.some((key) => verify(null, Buffer.from(text), key, Buffer.from(ed25519, 'base64'))),
  }
}

function keyOf(pem: string, kind: 'private' | 'public'): KeyObject {
  const made = read(pem, kind)
  if (made?.asymmetricKeyType === 'ed25519') return made
  const command =
    kind === 'private'
      ? 'openssl genpkey -algorithm ed25519 -out archive-key.pem'
      : 'openssl pkey -in archive-key.pem -pubout -out archive-key.pub.pem'
  throw new TypeError(
    `It is not an Ed25519 ${kind} key in PEM without a passphrase. This makes one: ${command}`,
  )
}

function read(pem: string, kind: 'private' | 'public'): KeyObject | undefined {
  try {
    // A private key would give its public one, too.
    if (kind === 'public') return /PRIVATE KEY/.test(pem) ? undefined : createPublicKey(pem)
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function fingerprint(key: KeyObject): string {
  return sha256(key.export({ type: 'spki', format: 'der' }))
}
