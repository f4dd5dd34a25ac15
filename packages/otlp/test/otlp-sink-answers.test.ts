import type { ServerResponse } from 'node:http'
import type { FaultShape, Sink } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type OtlpSinkOptions, otlpSink, type SinkWarning } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'
import { origin, records } from './support/records.ts'

const secret = 'tok-3n-5eCr3t'
const headers = { authorization: `Bearer ${secret}` }

function sinkFor(
  receiver: Pick<Receiver, 'url'>,
  options: Partial<OtlpSinkOptions> = {},
): Sink<AuditLogRecord> {
  const sink = otlpSink({ ...origin, url: receiver.url, headers, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

type Answer = (response: ServerResponse) => void

const answer =
  (status: number, body: string | Buffer = '', type?: string, more: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { ...(type && { 'content-type': type }), ...more }).end(body)
  }

const protobuf = 'application/x-protobuf'
const json = 'application/json'

describe('a write is accepted', () => {
  const accepted: [string, Answer][] = [
    ['without a body', answer(200)],
    ['without a body, as text', answer(200, '', 'text/plain; charset=utf-8')],
    ['with 202', answer(202)],
    ['with 204', answer(204)],
    ['with 204, even if it has a type', answer(204, '', json)],
    ['with an empty response in JSON', answer(200, '{}', json)],
    ['with an empty partial success in JSON', answer(200, '{"partialSuccess":{}}', json)],
    ['with a null partial success in JSON', answer(200, '{"partialSuccess":null}', json)],
    [
      'with no record rejected, as string',
      answer(200, '{"partialSuccess":{"rejectedLogRecords":"0"}}', json),
    ],
    ['with an unknown field', answer(200, '{"partialSuccess":{},"next":1}', json)],
    ['with an empty partial success in protobuf', answer(200, Buffer.from('0a00', 'hex'), protobuf)],
    ['with no record rejected, in protobuf', answer(200, Buffer.from('0a020800', 'hex'), protobuf)],
  ]
  test.each(accepted)('%s', async (_, answering) => {
    const receiver = await startReceiver(answering)
    await sinkFor(receiver).write(records(2), neverAborted)
    await sinkFor(receiver, { protocol: 'http/json' }).write(records(2), neverAborted)
    expect(receiver.uids()).toEqual(['0', '1', '0', '1'])
  })

  test('with a message, which onWarning receives', async () => {
    const remark = `{"partialSuccess":{"errorMessage":"slow down, ${secret}"}}`
    const receiver = await startReceiver(answer(200, remark, json))
    const warnings: SinkWarning[] = []
    await sinkFor(receiver, { onWarning: (warning) => warnings.push(warning) }).write(
      records(1),
      neverAborted,
    )
    expect(warnings.map(({ code }) => code)).toEqual(['receiver_message'])
    expect(warnings[0]!.message).toContain('says: slow down, [redacted]')
  })
})

describe('a write is not accepted', () => {
  const html = '<!doctype html><title>Log in to the guest network</title>'
  const notAReceiver: FaultShape = { fault: 'temporary', code: 'not_a_receiver' }
  const partialSuccess: FaultShape = {
    fault: 'rejected',
    code: 'partial_success',
    at: 'some-taken',
    affected: 3,
  }
  const cases: [string, Answer, FaultShape][] = [
    ['by a captive portal', answer(200, html, 'text/html; charset=utf-8'), notAReceiver],
    ['by a page without a type', answer(200, html), notAReceiver],
    ['by an empty page', answer(200, '', 'text/html'), notAReceiver],
    ['by an empty body with the type of JSON', answer(200, '', json), notAReceiver],
    ['by incomplete JSON', answer(200, '{"partialSuccess":{"rejected', json), notAReceiver],
    [
      'by incomplete protobuf',
      answer(200, Buffer.from('0a0608051202', 'hex').subarray(0, 5), protobuf),
      notAReceiver,
    ],
    ['by a page that claims to be protobuf', answer(200, html, protobuf), notAReceiver],
    ['by a page that begins like a protobuf field', answer(200, `\n\n${html}`, protobuf), notAReceiver],
    ['by text', answer(200, 'OK', 'text/plain'), notAReceiver],
    ['by text that can be read as an unknown protobuf field', answer(200, 'Hi', protobuf), notAReceiver],
    ['by JSON of another kind', answer(200, '{"ok":true}', json), notAReceiver],
    ['by a JSON list', answer(200, '[]', json), notAReceiver],
    ['by half a JSON object', answer(200, '{"partialSuccess":', json), notAReceiver],
    ['by a partial success that is text', answer(200, '{"partialSuccess":"no"}', json), notAReceiver],
    [
      'by a count that is not a number',
      answer(200, '{"partialSuccess":{"rejectedLogRecords":"x"}}', json),
      notAReceiver,
    ],
    ['by a truncated protobuf', answer(200, Buffer.from('0a0508', 'hex'), protobuf), notAReceiver],
    [
      'by a message that is not UTF-8',
      answer(200, Buffer.from('0a0412 02ff fe'.replaceAll(' ', ''), 'hex')),
      notAReceiver,
    ],
    ['in part, in JSON', answer(200, '{"partialSuccess":{"rejectedLogRecords":"2"}}', json), partialSuccess],
    [
      'in part, as a number',
      answer(200, '{"partialSuccess":{"rejectedLogRecords":2}}', json),
      partialSuccess,
    ],
    ['in part, in protobuf', answer(200, Buffer.from('0a020802', 'hex'), protobuf), partialSuccess],
    ['with 301', answer(301), { fault: 'fatal', code: 'redirected' }],
    ['with 400', answer(400), { fault: 'rejected', code: 'bad_data', at: 'none-taken', affected: 3 }],
    ['with 401', answer(401), { fault: 'fatal', code: 'unauthorized' }],
    ['with 402', answer(402), { fault: 'fatal', code: 'unexpected_status' }],
    ['with 403', answer(403), { fault: 'fatal', code: 'forbidden' }],
    ['with 404', answer(404), { fault: 'fatal', code: 'not_found' }],
    ['with 405', answer(405), { fault: 'fatal', code: 'method_not_allowed' }],
    ['with 408', answer(408), { fault: 'temporary', code: 'request_timeout' }],
    ['with 413', answer(413), { fault: 'rejected', code: 'too_large', at: 'none-taken', affected: 3 }],
    ['with 415', answer(415), { fault: 'fatal', code: 'unsupported_media_type' }],
    ['with 422', answer(422), { fault: 'rejected', code: 'bad_data', at: 'none-taken', affected: 3 }],
    ['with 429', answer(429), { fault: 'temporary', code: 'rate_limited' }],
    ['with 500', answer(500), { fault: 'temporary', code: 'server_error', isolateAfter: 8 }],
    ['with 501', answer(501), { fault: 'temporary', code: 'server_error', isolateAfter: 8 }],
    ['with 502', answer(502), { fault: 'temporary', code: 'unavailable' }],
    ['with 503', answer(503), { fault: 'temporary', code: 'unavailable' }],
    ['with 504', answer(504), { fault: 'temporary', code: 'unavailable' }],
    ['by a broken connection', (r) => void r.destroy(), { fault: 'temporary', code: 'connection_lost' }],
  ]
  test.each(cases)('%s', async (_, answering, expected) => {
    const receiver = await startReceiver(answering)
    for (const protocol of ['http/protobuf', 'http/json'] as const) {
      const { name, message, cause, stack, ...found } = await faultOf(
        sinkFor(receiver, { protocol }).write(records(3), neverAborted),
      )
      expect(found).toEqual({ ...expected, accepted: 0 })
    }
  })

  test('if the connection is refused', async () => {
    const found = await faultOf(
      sinkFor({ url: 'http://127.0.0.1:1/v1/logs' }).write(records(1), neverAborted),
    )
    expect(found).toMatchObject({ fault: 'temporary', code: 'connection_refused', accepted: 0 })
  })

  test('by a receiver that never answers', async () => {
    const receiver = await startReceiver(() => undefined)
    const found = await faultOf(sinkFor(receiver, { timeoutMs: 50 }).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout', accepted: 0 })
  })

  test('by a receiver whose answer as a whole takes longer than the timeout', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(200)
      const drops = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(drops))
    })
    const found = await faultOf(sinkFor(receiver, { timeoutMs: 60 }).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout' })
  })

  test('by a redirect, which receives neither the records nor the credentials', async () => {
    const elsewhere = await startReceiver()
    for (const status of [301, 302, 303, 307, 308]) {
      const receiver = await startReceiver(answer(status, '', undefined, { location: elsewhere.url }))
      const found = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
      expect(found).toMatchObject({ fault: 'fatal', code: 'redirected' })
    }
    expect(elsewhere.requests).toEqual([])
  })

  test.each([
    ['https://other.example/v1/logs', 'https://other.example/v1/logs'],
    ['https://ada:pw@other.example/v1/logs?key=secret#more', 'https://other.example/v1/logs'],
    ['https://other.example/0123456789abcdef/logs', 'https://other.example/…/logs'],
    ['//other.example', 'http://other.example/'],
  ])('by a redirect to %s, whose message says where it leads, without secrets', async (location, shown) => {
    const receiver = await startReceiver(answer(308, '', undefined, { location }))
    const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(message.endsWith(` It leads to ${shown}.`)).toBe(true)
  })

  test.each(['javascript:alert(1)', 'http://', ''])(
    'by a redirect to "%s", which leads nowhere',
    async (location) => {
      const receiver = await startReceiver(answer(308, '', undefined, { location }))
      const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
      expect(message.endsWith('set the URL to the target of the redirect.')).toBe(true)
    },
  )
})

describe('Retry-After', () => {
  test.each([429, 503])('of a %i is in the fault, in milliseconds', async (status) => {
    const receiver = await startReceiver(answer(status, '', undefined, { 'retry-after': '7' }))
    const found = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(found).toHaveProperty('retryAfterMs', 7000)
  })

  test('may be a date', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    const receiver = await startReceiver(answer(503, '', undefined, { 'retry-after': inAMinute }))
    const found = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    const retryAfterMs = found.fault === 'temporary' && found.retryAfterMs
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test('is left out of a fault that waiting does not end', async () => {
    const receiver = await startReceiver(answer(401, '', undefined, { 'retry-after': '7' }))
    const found = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(found).not.toHaveProperty('retryAfterMs')
  })
})

describe('the message of a fault', () => {
  test.each([401, 403])('of a %i names the setting that holds the credentials', async (status) => {
    const receiver = await startReceiver(answer(status))
    const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(message).toContain('(headers, OTEL_EXPORTER_OTLP_HEADERS)')
  })

  test('of a 502 names the proxy too that passed the request on, without its password', async () => {
    const proxy = await startReceiver(answer(502))
    const { host } = new URL(proxy.url)
    const sink = sinkFor(
      { url: 'http://collector.example:4318/v1/logs' },
      { proxy: { http: `http://me:Pr0xyPassword@${host}` } },
    )
    const { message } = await faultOf(sink.write(records(1), neverAborted))
    expect(message).toBe(
      `http://collector.example:4318/v1/logs or the proxy http://${host} on the way to it answered 502. If it lasts, check the receiver and its log, and whether a load balancer or proxy before it still reaches it.`,
    )
  })
})

describe('the message of the receiver about a refusal', () => {
  /** google.rpc.Status { code: 3, message }. */
  const status = (message: string): Buffer => {
    const text = Buffer.from(message)
    return Buffer.concat([Buffer.from([0x08, 3, 0x12, text.length]), text])
  }
  const said: [string, Answer, string][] = [
    ['in protobuf', answer(400, status('no such tenant'), protobuf), ' It says: "no such tenant".'],
    ['in JSON', answer(400, '{"code":3,"message":"no such tenant"}', json), ' It says: "no such tenant".'],
    [
      'in an envelope',
      answer(400, '{"error":{"message":"no such tenant"}}', json),
      ' It says: "no such tenant".',
    ],
    ['as text', answer(400, 'no such\u0007\r\ntenant\n', 'text/plain'), ' It says: "no such tenant".'],
    ['with our token in it', answer(400, `bad token ${secret}!`), ' It says: "bad token [redacted]!".'],
    ['with our whole header in it', answer(400, `${headers.authorization}?`), ' It says: "[redacted]?".'],
  ]
  test.each(said)('%s is quoted at the end of the fault’s message', async (_, answering, expected) => {
    const receiver = await startReceiver(answering)
    const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(message.endsWith(expected), message).toBe(true)
  })

  test('is cut at 200 characters, never within our token', async () => {
    const receiver = await startReceiver(answer(400, `${'x'.repeat(190)}${secret}${'y'.repeat(500)}`))
    const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    const said = message.slice(message.indexOf('says: "') + 7, -2)
    expect(said).toHaveLength(200)
    expect(message).not.toContain(secret.slice(0, 5))
  })

  test('is left out if it is a web page', async () => {
    const receiver = await startReceiver(answer(404, '<html><body>nginx</body></html>', 'text/html'))
    const { message } = await faultOf(sinkFor(receiver).write(records(1), neverAborted))
    expect(message).toMatch(/answered 404\. Check the path of the URL; it usually ends in \/v1\/logs\.$/)
  })
})
