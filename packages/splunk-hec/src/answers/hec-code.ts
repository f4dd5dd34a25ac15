import type { FaultShape } from '@asana-audit/core'
import { statusFault } from '@asana-audit/core/sink-kit'

/** The settings that messages about a request need. */
export interface HecSettings {
  /** The index of events without one; undefined or empty: the token's own. */
  readonly index?: string | undefined
}

/** What one of the collector's codes means for the request it answers. */
export interface HecCode {
  readonly shape: FaultShape
  /** The end of the message: the setting it is about, and what to do. */
  readonly nextStep: (settings: HecSettings) => string
  /** Whether the collector may have accepted some events of the request. */
  readonly mayHaveTaken: boolean
}

const later = (code: string, nextStep: string): HecCode => ({
  shape: { fault: 'temporary', code },
  nextStep: () => nextStep,
  mayHaveTaken: false,
})
const stop = (code: string, nextStep: string): HecCode => ({
  shape: { fault: 'fatal', code },
  nextStep: () => nextStep,
  mayHaveTaken: false,
})
/** The events before the one it names were accepted. */
const never = (code: string, nextStep: string): HecCode => ({
  shape: { fault: 'rejected', code, at: 'none-taken' },
  nextStep: () => nextStep,
  mayHaveTaken: true,
})

const enable = 'Enable the token in Splunk: Settings, Data inputs, HTTP Event Collector.'
const other = "Give a token of this Splunk's HTTP Event Collector (token, SPLUNK_HEC_TOKEN)."
const noQuery = 'Give the address without a query (url, SPLUNK_HEC_URL).'
const full = 'It is tried again. If it lasts, Splunk needs more indexers, or its indexers are blocked.'
const header = 'X-Splunk-Request-Channel'

function anotherIndex({ index }: HecSettings): string {
  const named = index
    ? `The token may not write to the index ${JSON.stringify(index)}, or no such index exists.`
    : "No index is set here, so the token's own index is meant, or one that an event names."
  return `${named} Create it and allow it for the token in Splunk, or set another index or none (index, SPLUNK_HEC_INDEX).`
}

/**
 * Every refusal in https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector, and 28,
 * which Splunk Cloud answers. 17 occurs only in health checks; 0, 24 and 25 accept.
 */
export const hecCodes: ReadonlyMap<number, HecCode> = new Map<number, HecCode>([
  [1, stop('token_disabled', enable)],
  [2, stop('token_required', 'No token arrived; check whether a proxy removes the Authorization header.')],
  [
    3,
    stop('invalid_authorization', 'Set only the token, without the word Splunk (token, SPLUNK_HEC_TOKEN).'),
  ],
  [4, stop('invalid_token', other)],
  [5, { ...never('no_data', 'It found no event in the request.'), mayHaveTaken: false }],
  [
    6,
    never('invalid_data_format', 'It cannot read an event, or one is over its maxEventSize (inputs.conf).'),
  ],
  [7, { shape: { fault: 'fatal', code: 'incorrect_index' }, nextStep: anotherIndex, mayHaveTaken: true }],
  // The server may have accepted events before it failed.
  [
    8,
    {
      shape: statusFault(500),
      nextStep: () => 'It is tried again. If it lasts, see splunkd.log.',
      mayHaveTaken: true,
    },
  ],
  [9, later('server_busy', full)],
  [10, stop('channel_missing', `Check whether a proxy removes the ${header} header.`)],
  [11, stop('invalid_channel', `Check whether a proxy changes the ${header} header.`)],
  [12, never('event_required', 'An event has no content.')],
  [13, never('event_blank', 'An event is empty.')],
  [
    14,
    stop(
      'ack_disabled',
      'Turn indexer acknowledgement on for the token in Splunk, or off here (ack, SPLUNK_HEC_ACK).',
    ),
  ],
  [15, never('invalid_fields', 'It does not accept the indexed fields of an event.')],
  [16, stop('query_auth_disabled', noQuery)],
  [18, later('queues_full', full)],
  [19, later('ack_unavailable', 'It is tried again. If it lasts, see the acknowledgements in splunkd.log.')],
  [20, later('queues_full', full)],
  [21, stop('invalid_token', other)],
  [22, stop('token_disabled', enable)],
  [23, later('shutting_down', 'It is tried again.')],
  [26, later('queues_full', full)],
  [27, later('ack_queue_full', 'It is tried again when pending events are acknowledged.')],
  [28, stop('sticky_session_required', `Check whether a proxy removes the ${header} header or cookies.`)],
])

/** 24 and 25 also say that the collector is close to its capacity. */
export const acceptingCodes: ReadonlySet<number> = new Set([0, 24, 25])
