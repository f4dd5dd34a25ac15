import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/**
 * The reason a server gives for its refusal, to end our own message with: the message of a google.rpc.Status, which
 * OTLP requires in both encodings, or else the text itself. Never over 200 characters, never a secret, never HTML.
 */
export function serverMessage(body: Buffer, secrets: readonly string[]): string {
  return sanitizeServerText(statusMessage(body) ?? body.toString('utf8'), secrets)
}

/**
 * The texts from the request's headers that no message may repeat: every value, and every part that a server may echo
 * alone, such as the token after `Bearer`. The shortest are left out: replacing them would remove ordinary words and
 * numbers from a message.
 */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  const values = Object.values(headers)
  const parts = values.flatMap((value) => value.split(/[\s,;=]+/))
  const secrets = [
    ...values.filter((value) => value.length >= 4),
    ...parts.filter((part) => part.length >= 6),
  ]
  // The longest first, so that no piece of a secret is left.
  return [...new Set(secrets)].sort((a, b) => b.length - a.length)
}

function statusMessage(body: Buffer): string | undefined {
  try {
    if (/^\s*\{/.test(body.toString('latin1', 0, 64))) return jsonMessage(JSON.parse(body.toString('utf8')))
    for (const field of protobufFields(body)) {
      if (field.number === 2 && field.wireType === 2) return protobufString(field.value)
    }
  } catch {
    // The body is in neither encoding: the caller shows it as text.
  }
  return undefined
}

function jsonMessage(body: Record<string, unknown>): string | undefined {
  for (const value of [body['message'], body['error'], body['detail']]) {
    if (typeof value === 'string') return value
    const inner = (value as { message?: unknown } | null | undefined)?.message
    if (typeof inner === 'string') return inner
  }
  return undefined
}
