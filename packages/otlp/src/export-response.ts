import type { HttpResponse } from '@asana-audit/core'
import { protobufFields, protobufString } from './protobuf-fields.ts'

/** What an ExportLogsServiceResponse says. Both are empty when everything was accepted without a remark. */
export interface ExportResponse {
  readonly rejectedRecords: number
  readonly message: string
}

const allAccepted: ExportResponse = { rejectedRecords: 0, message: '' }

/**
 * Reads the body of a 2xx answer; undefined when it is not from an OTLP receiver. Strict, because the page of a captive
 * portal must not count as an acknowledgement: a message without any field of ours does not pass, so no text does.
 * Unknown fields beside ours are ignored, as both encodings ask. JSON is told from protobuf by its first character, which
 * no ExportLogsServiceResponse in protobuf can begin with.
 */
export function readExportResponse({
  headers,
  body,
}: Pick<HttpResponse, 'headers' | 'body'>): ExportResponse | undefined {
  if (body.length === 0) return allAccepted
  if (headers['content-type']?.toLowerCase().includes('html')) return undefined
  try {
    return /^\s*\{/.test(body.toString('latin1', 0, 64)) ? fromJson(body) : fromProtobuf(body)
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
  if (partial === undefined) return undefined
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
