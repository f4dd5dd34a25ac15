export type Pagination = 'token' | 'timestamp'

export interface CollectorConfigOptions {
  readonly url: string
  readonly token: string
  readonly to: string
  readonly mode: Pagination
}

/**
 * Configurations of the receiver as in its README, once with tokens and once with time stamps. Pages have their largest size,
 * and the time has the form that repeats the last event of a page and skips none.
 */
export function collectorConfig({ url, token, to, mode }: CollectorConfigOptions): object {
  const common = {
    url,
    response_field: 'data',
    auth_mode: 'bearer',
    bearer: { token },
    min_poll_interval: '1s',
  }
  const byToken = {
    pagination: {
      mode: 'offset_limit',
      offset_limit: { offset_field_name: 'offset', next_offset_field_name: 'next_page.offset' },
    },
  }
  const byTime = {
    start_time_param_name: 'start_at',
    start_time_value: '2020-01-01T00:00:00.000Z',
    timestamp_format: '2006-01-02T15:04:05.000Z07:00',
    pagination: {
      mode: 'timestamp',
      timestamp: {
        timestamp_field_name: 'created_at',
        page_size_field_name: 'limit',
        page_size: 1000,
      },
    },
  }
  return {
    receivers: { restapi: { ...common, ...(mode === 'token' ? byToken : byTime) } },
    exporters: { otlp_http: { logs_endpoint: `${to}/v1/logs` } },
    service: {
      pipelines: { logs: { receivers: ['restapi'], exporters: ['otlp_http'] } },
      // Without this, its own metrics would need a port.
      telemetry: { metrics: { level: 'none' } },
    },
  }
}
