import { sanitizeServerText } from '../answers/sanitize-server-text.ts'

/** Codes, their meaning, and what to do. The first match counts. `names`: the names in the certificate. */
const meanings: readonly (readonly [RegExp, (where: string, names: string) => string, string])[] = [
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER_FAILURE)$/,
    (where) => `What listens at ${where} does not speak TLS on that port`,
    'If it speaks plain http, write http://; otherwise give its port for TLS.',
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    (where) => `The certificate of ${where} has expired`,
    'Renew it, and check that the clock of this machine is right.',
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    (where) => `The certificate of ${where} is not valid yet`,
    'Check that the clock of this machine is right.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    (where, names) => `The certificate of ${where} is for another name${names && `, ${names}`}`,
    'Check the address, or get a certificate for it.',
  ],
  [
    /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
    (where) => `The certificate of ${where} is self-signed and not trusted`,
    "Name the CA's certificate, or this one instead.",
  ],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED)$/,
    (where) => `The certificate of ${where} comes from an authority that is not trusted`,
    "Name the CA's certificate.",
  ],
  [/^CERT_REVOKED$/, (where) => `The certificate of ${where} has been revoked`, 'Replace it.'],
  [
    /ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE)/,
    (where) => `${where} asks for a client certificate`,
    'Name one and its key.',
  ],
  [
    /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)/,
    (where) => `${where} does not accept the client certificate`,
    'Name one that it trusts and that has not expired.',
  ],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    (where) => `${where} refuses the TLS connection`,
    'It may ask for a client certificate, or share no cipher with us.',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    (where) => `${where} shares no version of TLS with us`,
    'Configure it for TLS 1.2 or 1.3.',
  ],
  [
    /UNRECOGNIZED_NAME/,
    (where) => `What listens at ${where} has no certificate for that name`,
    'Check the address.',
  ],
  [
    /KEY_VALUES_MISMATCH/,
    () => 'The client key does not belong to the client certificate',
    'Name the key the certificate was made with.',
  ],
  [
    /BAD_DECRYPT|INTERRUPTED_OR_CANCELLED|MISSING_PASSPHRASE/,
    () => 'The client key needs a passphrase',
    'Name a key that is stored without one.',
  ],
  [
    /^ERR_OSSL_/,
    () => "The client certificate, its key or the CA's certificate cannot be read",
    'Give them in PEM form.',
  ],
  [
    /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_CA$|CRL_)/,
    (where) => `No trusted TLS connection to ${where}`,
    "Check the address, or name the CA's certificate.",
  ],
]

/** What is wrong with the TLS connection to `where`, and what to do. Undefined for a code that is not about TLS. */
export function tlsSentence(code: string, error: unknown, where: string): string | undefined {
  const meaning = meanings.find(([codes]) => codes.test(code))
  if (!meaning) return undefined
  const [, what, nextStep] = meaning
  const { cert } = error as { cert?: { subjectaltname?: unknown } }
  const names = typeof cert?.subjectaltname === 'string' ? sanitizeServerText(cert.subjectaltname) : ''
  return `${what(where, names)} (${code}). ${nextStep}`
}
