import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditResourceAttributes } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

test('what Loki has to allow: old events, a stream for each workspace, events out of order, many groups', () => {
  const { limits_config: limits, ingester } = parse(read('loki-server.yaml'))
  expect(limits).toMatchObject({ reject_old_samples: false, allow_structured_metadata: true })
  const [{ action, attributes }] = limits.otlp_config.resource_attributes.attributes_config
  const resource = auditResourceAttributes({ workspace: '42' })
  expect([action, attributes.every((name: string) => name in resource)]).toEqual(['index_label', true])
  expect(limits.max_query_series).toBeGreaterThan(500)
  expect(ingester.max_chunk_age).toBe('24h')
})

test('the file for the Collector changes the address and the number of senders, and keeps the queue on disk', () => {
  const fragment = parse(read('collector-loki.yaml'))
  expect(Object.keys(fragment.exporters)).toEqual(['otlp_http'])
  const { sending_queue, ...where } = fragment.exporters.otlp_http
  expect(Object.keys(where)).toEqual(['endpoint', 'headers'])
  expect(sending_queue).toEqual({ num_consumers: 1 })
  const whole = parse(read('../collector/collector.yaml'))
  expect(whole.service.pipelines['logs/audit'].exporters).toEqual(['otlp_http'])
})
