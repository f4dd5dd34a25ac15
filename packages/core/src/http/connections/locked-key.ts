/**
 * Whether a PEM key can be used only with a passphrase. PKCS 8 says it in its first line, the older form in a header. OpenSSL does not
 * say it reliably: it tries an empty passphrase, and what fails then depends on the bytes.
 */
export function isLockedKey(pem: string): boolean {
  return pem.includes('ENCRYPTED')
}
