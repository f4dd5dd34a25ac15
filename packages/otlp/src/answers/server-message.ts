import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/**
 * What a server says about its refusal, for the end of our own sentence: the message of a google.rpc.Status, which OTLP
 * asks for in either encoding, or else the text itself. Never over 200 characters, never a secret, never HTML.
 */
export function serverMessage(body: Buffer, secrets: readonly string[]): string {
  return sanitizeServerText(statusMessage(body) ?? body.toString('utf8'), secrets)
}

/**
 * What must not be repeated of the request's headers: every value, and every part of it that a server may echo alone,
 * such as the token after `Bearer`. Not the shortest, which would take the ordinary words and numbers out of a message.
 */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  const values = Object.values(headers)
  const parts = values.flatMap((value) => value.split(/[\s,;=]+/))
  const secrets = [
    ...values.filter((value) => value.length >= 4),
    ...parts.filter((part) => part.length >= 6),
  ]
  // The longest first, so that none is left over in pieces.
  return [...new Set(secrets)].sort((a, b) => b.length - a.length)
}

function statusMessage(body: Buffer): string | undefined {
  try {
    if (/^\s*\{/.test(body.toString('latin1', 0, 64))) return jsonMessage(JSON.parse(body.toString('utf8')))
    for (const field of protobufFields(body)) {
      if (field.number === 2 && field.wireType === 2) return protobufString(field.value)
    }
  } catch {
    // Neither of the two: the caller shows the body as text.
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
