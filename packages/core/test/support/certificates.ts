import { createPrivateKey } from 'node:crypto'
import { generate } from 'selfsigned'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  readonly issuer?: Certificate
  /** The name it is for. Default `localhost`. */
  readonly name?: string
  /** Default: two days ago. */
  readonly notBefore?: Date
  /** Default: tomorrow. */
  readonly notAfter?: Date
}

const day = 86_400_000

/** Made when a test runs, so that no private key is ever committed. */
export async function authority(name: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  return { cert, key }
}

/** For a server or a client; signed by itself without an issuer. */
export async function certificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { issuer, name = 'localhost' } = options
  const { notBefore = new Date(Date.now() - 2 * day), notAfter = new Date(Date.now() + day) } = options
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
    ...(issuer && { ca: issuer }),
  })
  return { cert, key }
}

export function withPassphrase(key: string): string {
  const encrypted = {
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'a passphrase',
  } as const
  return createPrivateKey(key).export(encrypted).toString()
}
