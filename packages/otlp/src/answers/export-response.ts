import type { HttpResponse } from '@asana-audit/core'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/** What an ExportLogsServiceResponse says. Both are empty when everything was accepted without a remark. */
export interface ExportResponse {
  readonly rejectedRecords: number
  readonly message: string
}

const allAccepted: ExportResponse = { rejectedRecords: 0, message: '' }

/**
 * Reads the body of a 2xx answer; undefined when it is not that of an OTLP receiver. Strict, because the page of a captive
 * portal must not count as an acknowledgement: a message without any field of ours does not pass, so no text does.
 * Unknown fields beside ours are ignored, as both encodings ask.
 *
 * The Content-Type says which of the two encodings it is. Where it names neither, whole JSON is tried first: no
 * ExportLogsServiceResponse in protobuf is one, also where its first byte is a `{` or a line feed before one.
 */
export function readExportResponse({
  status,
  headers,
  body,
}: Pick<HttpResponse, 'status' | 'headers' | 'body'>): ExportResponse | undefined {
  if (status === 204) return allAccepted
  const type = declared(headers['content-type'] ?? '')
  // No bytes are a whole message in protobuf, and receivers that keep nothing to say send no type with it. JSON has at least `{}`.
  if (body.length === 0) return type === 'json' || type === 'html' ? undefined : allAccepted
  if (type === 'html') return undefined
  if (type === 'json') return parsed(fromJson, body)
  if (type === 'protobuf') return parsed(fromProtobuf, body)
  return parsed(fromJson, body) ?? parsed(fromProtobuf, body)
}

function declared(contentType: string): 'json' | 'protobuf' | 'html' | undefined {
  const [type = ''] = contentType.toLowerCase().split(';')
  if (type.includes('html')) return 'html'
  return /[/+]json\s*$/.test(type) ? 'json' : type.includes('protobuf') ? 'protobuf' : undefined
}

/** Neither parser takes a part for the whole: what is cut is undefined. */
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
  // Null is how proto3 JSON may write a message that is not set.
  const partial = response['partialSuccess']
  if (partial === null) return allAccepted
  if (!isObject(partial)) return undefined
  const rejectedRecords = Number(partial['rejectedLogRecords'] ?? 0)
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

/** Its two tags are control characters, so that asking for one of them keeps every text out. */
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
