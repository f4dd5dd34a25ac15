import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isLockedKey } from '../http/connections/locked-key.ts'

/** The content of a PEM file, or what is wrong with it: the end of a sentence that begins with "The file it names". */
export type Held<T> = { readonly held: T } | { readonly wrong: string }

const certificateBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [A-Z\d ]*CERTIFICATE-----/g
const keyBlock = /-----BEGIN (?:[A-Z\d]+ )*PRIVATE KEY-----[\s\S]*?-----END [A-Z\d ]*PRIVATE KEY-----/

/** The certificates of a file. It may also contain a key or comments. */
export function certificatesIn(pem: string): Held<[X509Certificate, ...X509Certificate[]]> {
  const [first, ...rest] = pem.match(certificateBlock) ?? []
  if (first === undefined) {
    const instead = keyBlock.test(pem) ? ', only a private key' : ''
    return { wrong: `has no complete certificate${instead}` }
  }
  try {
    return { held: [new X509Certificate(first), ...rest.map((block) => new X509Certificate(block))] }
  } catch {
    return { wrong: 'has a certificate that cannot be read' }
  }
}

/** The private key of a file. It may also contain certificates. */
export function privateKeyIn(pem: string): Held<KeyObject> {
  const [block] = keyBlock.exec(pem) ?? []
  if (block === undefined) {
    const instead = pem.includes('CERTIFICATE-----') ? ', only a certificate' : ''
    return { wrong: `has no complete private key${instead}` }
  }
  if (isLockedKey(block)) return { wrong: 'has a key that needs a passphrase' }
  try {
    return { held: createPrivateKey(block) }
  } catch {
    return { wrong: 'has a private key that cannot be read' }
  }
}
