// Made by `pnpm generate:metrics` from the tables of codes in the READMEs: do not edit.

/** The codes of faults after which an attempt is made again, and those that an event in the quarantine can have. */
export const faultCodes = {
  source: {
    retried: ['asana_unavailable', 'malformed_page', 'rate_limited'],
    quarantined: [],
  },
  http: {
    retried: [
      'connection_lost',
      'connection_refused',
      'credentials_unavailable',
      'damaged_answer',
      'dns',
      'network',
      'proxy_failed',
      'proxy_unreachable',
      'response_too_large',
      'timeout',
    ],
    quarantined: [],
  },
  deliver: {
    retried: ['unclassified'],
    quarantined: ['not_an_event', 'too_old', 'unmappable'],
  },
  state: {
    retried: ['state_busy'],
    quarantined: [],
  },
  otlp: {
    retried: ['not_a_receiver', 'rate_limited', 'request_timeout', 'server_error', 'unavailable'],
    quarantined: ['bad_data', 'partial_success', 'server_error', 'too_large', 'unencodable'],
  },
  'splunk-hec': {
    retried: [
      'ack_queue_full',
      'ack_timeout',
      'ack_unavailable',
      'channel_changed',
      'invalid_channel',
      'not_a_receiver',
      'queues_full',
      'rate_limited',
      'request_timeout',
      'server_busy',
      'server_error',
      'shutting_down',
      'token_unavailable',
      'unavailable',
    ],
    quarantined: [
      'bad_data',
      'empty_event',
      'event_blank',
      'event_required',
      'event_too_large',
      'invalid_data_format',
      'invalid_fields',
      'nested_field',
      'no_data',
      'server_error',
      'too_large',
      'unencodable',
    ],
  },
  'panther-http': {
    retried: [
      'not_a_receiver',
      'rate_limited',
      'request_timeout',
      'secret_unavailable',
      'server_error',
      'unavailable',
    ],
    quarantined: ['bad_data', 'event_too_large', 'not_an_object', 'server_error', 'too_large'],
  },
  archive: {
    retried: ['archive_gone', 'file_error', 'no_space'],
    quarantined: ['not_an_event'],
  },
  jsonl: {
    retried: ['file_error', 'no_space'],
    quarantined: [],
  },
} as const
