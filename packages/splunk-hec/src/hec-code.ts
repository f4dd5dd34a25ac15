import { type FaultShape, statusFault } from '@asana-audit/core'

/** What one of the collector's codes means for the request it answers. */
export interface HecCode {
  readonly shape: FaultShape
  /** For the person who reads the message; empty: just wait. */
  readonly nextStep: string
}

const later = (code: string): HecCode => ({ shape: { fault: 'temporary', code }, nextStep: '' })
const stop = (code: string, nextStep: string): HecCode => ({ shape: { fault: 'fatal', code }, nextStep })
const never = (code: string): HecCode => ({
  shape: { fault: 'rejected', code, at: 'none-taken' },
  nextStep: '',
})

const enable = 'Enable the token in Splunk: Settings, Data inputs, HTTP Event Collector.'
const other = "Give a token of this Splunk's HTTP Event Collector."

/**
 * Every refusal in https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector, and 28, which Splunk
 * Cloud answers. 17 is for health checks alone, 0, 24 and 25 accept.
 */
export const hecCodes: ReadonlyMap<number, HecCode> = new Map([
  [1, stop('token_disabled', enable)],
  [2, stop('token_required', 'No token arrived; see whether a proxy takes the Authorization header away.')],
  [3, stop('invalid_authorization', 'Give the token alone, without the word Splunk in front of it.')],
  [4, stop('invalid_token', other)],
  [5, never('no_data')],
  [6, never('invalid_data_format')],
  [7, stop('incorrect_index', 'Allow the index for the token in Splunk, or name another one or none.')],
  // It may have been taken before the server failed.
  [8, { shape: statusFault(500), nextStep: '' }],
  [9, later('server_busy')],
  [10, stop('channel_missing', 'See whether a proxy takes the X-Splunk-Request-Channel header away.')],
  [11, stop('invalid_channel', 'See whether a proxy changes the X-Splunk-Request-Channel header.')],
  [12, never('event_required')],
  [13, never('event_blank')],
  [14, stop('ack_disabled', 'Turn indexer acknowledgement on for the token, or off here.')],
  [15, never('invalid_fields')],
  [16, stop('query_auth_disabled', 'Give the address without a query.')],
  [18, later('queues_full')],
  [19, later('ack_unavailable')],
  [20, later('queues_full')],
  [21, stop('invalid_token', other)],
  [22, stop('token_disabled', enable)],
  [23, later('shutting_down')],
  [26, later('queues_full')],
  [27, later('ack_queue_full')],
  [
    28,
    stop(
      'sticky_session_required',
      'See whether a proxy takes the X-Splunk-Request-Channel header or cookies away.',
    ),
  ],
])

/** 24 and 25 say besides that the collector is close to its capacity. */
export const acceptingCodes: ReadonlySet<number> = new Set([0, 24, 25])
