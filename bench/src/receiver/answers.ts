/** The answer of a receiver. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
}

export interface Verdict {
  /** The places in the request of the events that it accepted. */
  readonly taken: (place: number) => boolean
  readonly answer: Answer
}

/** Refuses whole requests with a bad event, or only that event, https://opentelemetry.io/docs/specs/otlp/#partial-success. */
export function otlpVerdict(refused: readonly number[], type: string, refusal: 'partial' | 'whole'): Verdict {
  if (refused.length === 0) return { taken: () => true, answer: otlpSuccess(type) }
  if (refusal === 'whole') return { taken: () => false, answer: { status: 400, type, body: '' } }
  const isRefused = new Set(refused)
  const body =
    type === 'application/json'
      ? JSON.stringify({ partialSuccess: { rejectedLogRecords: String(refused.length), errorMessage: '' } })
      : partialSuccess(refused.length)
  return { taken: (place) => !isRefused.has(place), answer: { status: 200, type, body } }
}

export function otlpSuccess(type: string): Answer {
  return { status: 200, type, body: type === 'application/json' ? '{"partialSuccess":{}}' : '' }
}

/** ExportLogsServiceResponse with `partial_success.rejected_log_records`, fewer than 2^14 of them. */
function partialSuccess(rejected: number): Uint8Array {
  const varint = rejected < 0x80 ? [rejected] : [(rejected & 0x7f) | 0x80, rejected >> 7]
  return Uint8Array.from([0x0a, varint.length + 1, 0x08, ...varint])
}

/** As measured on Splunk 10: the events before the one it names are indexed, the others are not. */
export function hecVerdict([first]: readonly number[]): Verdict {
  if (first === undefined) return { taken: () => true, answer: hecSuccess }
  const body = JSON.stringify({ text: 'Invalid data format', code: 6, 'invalid-event-number': first })
  return { taken: (place) => place < first, answer: { ...hecSuccess, status: 400, body } }
}

export const hecSuccess: Answer = {
  status: 200,
  type: 'application/json',
  body: '{"text":"Success","code":0}',
}
