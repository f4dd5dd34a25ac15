import { didYouMean, meantNames } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { DestinationMap } from './destination-map.ts'
import { readDestinationMap } from './read-destination-map.ts'

/** A destination in one word. What else it needs comes from the environment. */
export const destinationWords = ['otlp', 'splunk-hec', 'panther-http', 'stdout'] as const

/** A destination as it was written; nothing that it names has been read. */
export type WrittenDestination = (typeof destinationWords)[number] | DestinationMap

const good =
  'Give otlp, splunk-hec, panther-http, stdout, file:PATH, archive:PATH or archive:s3://BUCKET/PREFIX, for example file:/var/log/asana-audit.jsonl, or in YAML a map: otlp: {endpoint: …}, splunk_hec: {url: …, token_file: …, format: asana}, panther_http: {url: …, secret_file: …}, archive: {location: …, max_age: 5m} or file: {path: …, rotate_bytes: 100000000}.'

/** Reads `--to` or `to:` at the path `at`. Adds its problems to the list; undefined if nothing is left. */
export function writtenDestination(
  value: unknown,
  at: string,
  origin: Origin,
  problems: Problem[],
): WrittenDestination | undefined {
  const word = destinationWords.find((one) => one === value)
  if (word !== undefined) return word
  if (typeof value === 'string' && /^file:./.test(value)) {
    return { kind: 'file', map: { path: value.slice('file:'.length) } }
  }
  if (typeof value === 'string' && /^archive:./.test(value)) {
    return { kind: 'archive', map: { location: value.slice('archive:'.length) } }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return readDestinationMap(value, at, origin, problems)
  }
  const quoted = typeof value === 'string' ? origin.quoted(at, value) : undefined
  // What may be a secret is not repeated as the end of a good value either.
  const meant = typeof value === 'string' && quoted !== undefined ? meantDestination(value) : ''
  // The list of all is long.
  const message = `${quoted ?? 'The value'} is not a destination.${meant || ` ${good}`}`
  problems.push({ setting: origin.settingName(at), message })
  return undefined
}

/** ` Did you mean file:/var/log/a.jsonl?`, for a destination that is written in a way people try first; empty for any other. */
function meantDestination(value: string): string {
  const [, scheme = '', rest = ''] = /^([\w-]+):(.+)$/.exec(value) ?? []
  if (scheme.toLowerCase() === 's3') return ` Did you mean archive:${value}?`
  if (/^https?$/i.test(scheme))
    return ' Did you mean otlp? Its address goes into OTEL_EXPORTER_OTLP_ENDPOINT, or in YAML into endpoint.'
  const [kind] = meantNames(scheme, ['file', 'archive'])
  if (kind !== undefined) return ` Did you mean ${kind}:${rest}?`
  if (/^(~|\.{1,2})?\/|\.jsonl$/.test(value)) return ` Did you mean file:${value}?`
  return didYouMean(value, destinationWords)
}

/** For the default name of a pipeline. It must stay stable, because the cursor is stored under it, so it is never the URL. */
export function destinationName(written: WrittenDestination): string {
  if (typeof written === 'string') return written
  if (written.kind === 'file') return written.map.path
  if (written.kind === 'archive') return `archive:${written.map.location}`
  return written.kind.replace('_', '-')
}
