import { toJsonText } from '@asana-audit/schema/lossless'
import { xmlJson, xmlText } from './xml-text.ts'

/** One event for splunkd. */
export interface SplunkEvent {
  /** When it happened, in whole milliseconds since 1970. */
  readonly timeMs: number
  /** Any JSON value. */
  readonly event: unknown
}

/** What Splunk stores with each event of an input. */
export interface EventMetadata {
  /** The stanza, `asana_audit://NAME`. */
  readonly stanza: string
  readonly host: string
  readonly source: string
  readonly sourcetype: string
  /** Left out: the default index of this Splunk. */
  readonly index?: string | undefined
}

/**
 * Returns a function that writes an event as an element of the stream: whole (`unbroken`), and finished by `done`, so that Splunk neither
 * divides nor joins events. Source: "Set up streaming" in Splunk's documentation.
 */
export function eventElements(metadata: EventMetadata): (event: SplunkEvent) => string {
  const { stanza, host, source, sourcetype, index } = metadata
  const before = `<event unbroken="1" stanza="${xmlText(stanza)}"><time>`
  const after =
    `</time><source>${xmlText(source)}</source><sourcetype>${xmlText(sourcetype)}</sourcetype>` +
    `${index === undefined ? '' : `<index>${xmlText(index)}</index>`}<host>${xmlText(host)}</host><data>`
  return ({ timeMs, event }) =>
    `${before}${epochSeconds(timeMs)}${after}${xmlJson(toJsonText(event))}</data><done/></event>\n`
}

/** Seconds with three decimals, from the digits: dividing would give `1700000000.0999999` for some. */
function epochSeconds(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is not a whole number of milliseconds`)
  const digits = String(Math.abs(ms)).padStart(4, '0')
  return `${ms < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}
