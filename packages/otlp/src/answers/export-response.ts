import type { HttpResponse } from '@asana-audit/core'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/** The content of an ExportLogsServiceResponse. Zero and empty when everything was accepted without a message. */
export interface ExportResponse {
  readonly rejectedRecords: number
  readonly message: string
}

const allAccepted: ExportResponse = { rejectedRecords: 0, message: '' }

/**
 * Reads the body of a 2xx answer; undefined if an OTLP receiver did not send it. Strict, because the page of a
 * captive portal must not count as an acknowledgement: a message without any known field does not pass, so plain text
 * never does. Unknown fields next to known ones are ignored, as both encodings require.
 *
 * The Content-Type says which of the two encodings it is. If it names neither, the body is tried as JSON first. That
 * is safe: no ExportLogsServiceResponse in protobuf is also valid JSON, even if it begins with `{` or a line feed.
 */
export function readExportResponse({
  status,
  headers,
  body,
}: Pick<HttpResponse, 'status' | 'headers' | 'body'>): ExportResponse | undefined {
  if (status === 204) return allAccepted
  const type = declared(headers['content-type'] ?? '')
  // An empty body is a whole message in protobuf, and receivers with nothing to report send it without a type. JSON
  // has at least `{}`.
  if (body.length === 0) return type === 'json' || type === 'html' ? undefined : allAccepted
  if (type === 'html') return undefined
  if (type === 'json') return parsed(fromJson, body)
  if (type === 'protobuf') return parsed(fromProtobuf, body)
  return parsed(fromJson, body) ?? parsed(fromProtobuf, body)
}

/** The same for the message of an answer over gRPC. */
export function exportResponseIn(message: Buffer): ExportResponse | undefined {
  return message.length === 0 ? allAccepted : parsed(fromProtobuf, message)
}

function declared(contentType: string): 'json' | 'protobuf' | 'html' | undefined {
  const [type = ''] = contentType.toLowerCase().split(';')
  if (type.includes('html')) return 'html'
  return /[/+]json\s*$/.test(type) ? 'json' : type.includes('protobuf') ? 'protobuf' : undefined
}

/** Neither parser accepts a part of a message: undefined for a body that was cut short. */
function parsed(
  parse: (body: Buffer) => ExportResponse | undefined,
  body: Buffer,
): ExportResponse | undefined {
  try {
    return parse(body)
  } catch {
    return undefined
  }
}

function fromJson(body: Buffer): ExportResponse | undefined {
  const response: unknown = JSON.parse(protobufString(body))
  if (!isObject(response)) return undefined
  if (Object.keys(response).length === 0) return allAccepted
  // proto3 JSON may write a message that is not set as null.
  const partial = response['partialSuccess']
  if (partial === null) return allAccepted
  if (!isObject(partial)) return undefined
  const { rejectedLogRecords, rejectedDataPoints, rejectedSpans } = partial
  const rejectedRecords = Number(rejectedLogRecords ?? rejectedDataPoints ?? rejectedSpans ?? 0)
  const message = partial['errorMessage'] ?? ''
  if (!Number.isInteger(rejectedRecords) || typeof message !== 'string') return undefined
  return { rejectedRecords, message }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fromProtobuf(body: Buffer): ExportResponse | undefined {
  let found: ExportResponse | undefined
  for (const field of protobufFields(body)) {
    if (field.number !== 1) continue
    if (field.wireType !== 2) return undefined
    found = partialSuccess(field.value)
    if (!found) return undefined
  }
  return found
}

/** Its two tags are control characters. Requiring one of them rejects every plain text. */
function partialSuccess(message: Buffer): ExportResponse | undefined {
  let rejectedRecords = 0
  let text = ''
  let ours = message.length === 0
  for (const field of protobufFields(message)) {
    ours ||= field.number === 1 || field.number === 2
    if (field.number === 1) {
      if (field.wireType !== 0) return undefined
      rejectedRecords = Number(BigInt.asIntN(64, field.value))
    } else if (field.number === 2) {
      if (field.wireType !== 2) return undefined
      text = protobufString(field.value)
    }
  }
  return ours ? { rejectedRecords, message: text } : undefined
}
