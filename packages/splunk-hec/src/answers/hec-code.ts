import type { FaultShape } from '@asana-audit/core'
import { statusFault } from '@asana-audit/core/sink-kit'

/** What the settings say about the requests that are judged. */
export interface HecSettings {
  /** Of events that name none; undefined or empty: the token's own. */
  readonly index?: string | undefined
}

/** What one of the collector's codes means for the request it answers. */
export interface HecCode {
  readonly shape: FaultShape
  /** For the person who reads the message: what it is about, by its setting, and what to do. */
  readonly nextStep: (settings: HecSettings) => string
  /** Whether some events of the request may have been taken all the same. */
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
/** What stands before the event it names has been taken. */
const never = (code: string, nextStep: string): HecCode => ({
  shape: { fault: 'rejected', code, at: 'none-taken' },
  nextStep: () => nextStep,
  mayHaveTaken: true,
})

const enable = 'Enable the token in Splunk: Settings, Data inputs, HTTP Event Collector.'
const other = "Give a token of this Splunk's HTTP Event Collector (token, SPLUNK_HEC_TOKEN)."
const noQuery = 'Give the address without a query (url, SPLUNK_HEC_URL).'
const full = 'It is tried again. If it lasts, Splunk needs more indexers, or those it has are blocked.'
const header = 'X-Splunk-Request-Channel'

function anotherIndex({ index }: HecSettings): string {
  const named = index
    ? `It may not write to the index ${JSON.stringify(index)}, or there is none of that name.`
    : "No index is set here, so it is the token's own, or one that an event names."
  return `${named} Make it and allow it for the token in Splunk, or name another one or none (index, SPLUNK_HEC_INDEX).`
}

/**
 * Every refusal in https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector, and 28, which Splunk
 * Cloud answers. 17 is for health checks alone, 0, 24 and 25 accept.
 */
export const hecCodes: ReadonlyMap<number, HecCode> = new Map<number, HecCode>([
  [1, stop('token_disabled', enable)],
  [2, stop('token_required', 'No token arrived; see whether a proxy takes the Authorization header away.')],
  [
    3,
    stop('invalid_authorization', 'Give the token alone, without the word Splunk (token, SPLUNK_HEC_TOKEN).'),
  ],
  [4, stop('invalid_token', other)],
  [5, { ...never('no_data', 'It saw no event in the request.'), mayHaveTaken: false }],
  [
    6,
    never('invalid_data_format', 'It cannot read an event, or one is over its maxEventSize (inputs.conf).'),
  ],
  [7, { shape: { fault: 'fatal', code: 'incorrect_index' }, nextStep: anotherIndex, mayHaveTaken: true }],
  // It may have been taken before the server failed.
  [
    8,
    {
      shape: statusFault(500),
      nextStep: () => 'It is tried again. If it lasts, see splunkd.log.',
      mayHaveTaken: true,
    },
  ],
  [9, later('server_busy', full)],
  [10, stop('channel_missing', `See whether a proxy takes the ${header} header away.`)],
  [11, stop('invalid_channel', `See whether a proxy changes the ${header} header.`)],
  [12, never('event_required', 'An event has no content.')],
  [13, never('event_blank', 'An event is empty.')],
  [
    14,
    stop(
      'ack_disabled',
      'Turn indexer acknowledgement on for the token in Splunk, or off here (ack, SPLUNK_HEC_ACK).',
    ),
  ],
  [15, never('invalid_fields', 'It does not take the indexed fields of an event.')],
  [16, stop('query_auth_disabled', noQuery)],
  [18, later('queues_full', full)],
  [19, later('ack_unavailable', 'It is tried again. If it lasts, see the acknowledgements in splunkd.log.')],
  [20, later('queues_full', full)],
  [21, stop('invalid_token', other)],
  [22, stop('token_disabled', enable)],
  [23, later('shutting_down', 'It is tried again.')],
  [26, later('queues_full', full)],
  [27, later('ack_queue_full', 'It is tried again once what waits is acknowledged.')],
  [28, stop('sticky_session_required', `See whether a proxy takes the ${header} header or cookies away.`)],
])

/** 24 and 25 say besides that the collector is close to its capacity. */
export const acceptingCodes: ReadonlySet<number> = new Set([0, 24, 25])
