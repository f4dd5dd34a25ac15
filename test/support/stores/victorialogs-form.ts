import { type ExpectationOptions, expectedLog } from '../collector/expectation.ts'
import type { StoredLog } from './victorialogs.ts'

/** A record in the form in which VictoriaLogs keeps it, without what it makes itself. */
export interface StoredForm {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly fields: StoredLog
}

/** What VictoriaLogs has to hold of an event. */
export function expectedForm(event: unknown, options: ExpectationOptions): StoredForm {
  const { timeUnixNano, eventName, severityNumber, body, attributes, resource, scope } = expectedLog(
    event,
    options,
  )
  const fields = {
    _msg: body,
    event_name: eventName,
    severity_number: severityNumber,
    'scope.name': scope.name,
    'scope.version': scope.version,
    ...resource,
    ...attributes,
  }
  const texts = Object.entries(fields).map(([name, value]) => [name, textOf(value)])
  return { time: timeUnixNano, fields: Object.fromEntries(texts.filter(([, text]) => text !== '')) }
}

/** What it holds. Its own blanks in lists do not count. */
export function storedForm({ _time = '', ...record }: StoredLog): StoredForm {
  const fields = Object.entries(record).filter(([name]) => !itsOwn.has(name))
  const texts = fields.map(([name, text]) => [name, isList(name) ? textOf(listIn(text)) : text])
  return { time: nanosOf(_time), fields: Object.fromEntries(texts) }
}

/** It writes control characters in a list as Go does in its source, which is not JSON. */
function listIn(text: string): unknown {
  const escapes: Readonly<Record<string, string>> = { a: '\\u0007', v: '\\u000b' }
  const json = text.replaceAll(/\\(?:x(..)|U000(.....)|(.))/g, (whole, byte, rune, letter) => {
    if (byte !== undefined) return `\\u00${byte}`
    if (rune !== undefined) return String.fromCodePoint(Number.parseInt(rune, 16))
    return escapes[letter] ?? whole
  })
  return JSON.parse(json)
}

/** It makes the text of the severity from the number. */
const itsOwn: ReadonlySet<string> = new Set(['_stream', '_stream_id', 'severity_text'])

const isList = (name: string): boolean => name.startsWith('asana.audit.indicators.')

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function nanosOf(rfc3339: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.{19})\.?(\d*)Z$/.exec(rfc3339) ?? []
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
