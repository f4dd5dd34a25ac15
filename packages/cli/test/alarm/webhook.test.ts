import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { type Clock, httpClient } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { listen } from '../../../../test/support/servers/listen.ts'
import { autoClock } from '../../../core/test/support/auto-clock.ts'
import type { Alarm, AlarmDoor } from '../../src/alarm/alarm.ts'
import { openDoor } from '../../src/alarm/door.ts'
import { webhook } from '../../src/alarm/webhook.ts'
import type { WebhookSettings, WebhookShape } from '../../src/config/monitoring/webhook.ts'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import type { Warning } from '../../src/terminal/problem.ts'

const start = Date.parse('2026-03-01T12:00:00Z')
const dayMs = 86_400_000

function alarmOf(state: Alarm['state'], since = start): Alarm {
  return {
    pipeline: 'acme',
    kind: 'not_read',
    state,
    since,
    message: 'Asana could not be read <for 15 min>.',
  }
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A webhook that answers with these statuses, the last one for ever. */
async function receiver(...statuses: number[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const origin = await listen(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    const status = statuses.length > 1 ? statuses.shift() : statuses[0]
    response.writeHead(status ?? 200).end()
  })
  return { url: `${origin}/services/SECRET-PATH`, received }
}

function settingsFor(url: string, shape: WebhookShape = 'json', key?: string): WebhookSettings {
  const name = `The webhook 1 (${shape})`
  const urlSetting = { setting: 'run.yaml, line 4: alarm.webhooks[0].url_file' }
  return { name, shape, url: () => url, urlSetting, key: key === undefined ? undefined : () => key, http: {} }
}

const doorTo = (
  webhooks: readonly WebhookSettings[],
  clock: Clock,
  say: (warning: Warning) => void,
  pipelines: readonly PipelineSettings[] = [],
): AlarmDoor => openDoor({ webhooks, pipelines, resource: { 'service.namespace': 'audit' }, clock, say })

async function sent(shape: WebhookShape, alarm: Alarm, replaced = 0, key?: string): Promise<Received> {
  const { url, received } = await receiver(200)
  await using client = httpClient()
  await webhook(settingsFor(url, shape, key), client, () => start)(
    alarm,
    replaced,
    new AbortController().signal,
  )
  return received[0]!
}

test('the JSON shape says what, where, since when, and how many states were not sent', async () => {
  const { body, headers } = await sent('json', alarmOf('ALARM'), 2)
  expect(headers).toMatchObject({ 'content-type': 'application/json' })
  expect(headers).not.toHaveProperty('asana-audit-signature')
  expect(JSON.parse(body)).toEqual({
    ...{ version: 1, pipeline: 'acme', alarm: 'not_read', state: 'ALARM', since: '2026-03-01T12:00:00.000Z' },
    ...{ message: 'Asana could not be read <for 15 min>.', replaced: 2 },
  })
})

test('a body is signed with its time, so that a receiver can refuse a forged or an old one', async () => {
  const { body, headers } = await sent('json', alarmOf('ALARM'), 0, 'a key of 16 bytes')
  const expected = createHmac('sha256', 'a key of 16 bytes')
    .update(`${start / 1_000}.${body}`)
    .digest('hex')
  expect(headers['asana-audit-signature']).toBe(`t=${start / 1_000},v1=${expected}`)
})

test('the Slack shape is one text, and what Slack would read as markup is escaped', async () => {
  const { text: shown } = JSON.parse((await sent('slack', alarmOf('ALARM'))).body)
  expect(shown).toBe(':rotating_light: ALARM not read, acme: Asana could not be read &lt;for 15 min&gt;.')
})

test('for Alertmanager an alarm is valid for an hour, and one that is over ends now', async () => {
  const labels = { alertname: 'AsanaAudit', alarm: 'not_read', pipeline: 'acme', severity: 'critical' }
  expect(JSON.parse((await sent('alertmanager', alarmOf('ALARM', start - 60_000))).body)).toMatchObject([
    { labels, startsAt: '2026-03-01T11:59:00.000Z', endsAt: '2026-03-01T13:00:00.000Z' },
  ])
  const [over] = JSON.parse((await sent('alertmanager', alarmOf('OK'))).body)
  expect(over).toMatchObject({ labels, endsAt: '2026-03-01T12:00:00.000Z' })
  expect(over).not.toHaveProperty('startsAt')
})

test('a webhook that answers 500 for a day gets the newest state, and both is said without its path', async () => {
  const clock = autoClock(start)
  const said: Warning[] = []
  const received: Received[] = []
  const origin = await listen(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    response.writeHead(clock.now() < start + dayMs ? 500 : 204).end()
  })
  const door = doorTo([settingsFor(`${origin}/services/SECRET-PATH`)], clock, (warning) => said.push(warning))
  onTestFinished(() => door.close())
  const told = [door.tell(alarmOf('ALARM'))]
  told.push(door.tell(alarmOf('OK', start + 1)), door.tell(alarmOf('ALARM', start + 2)))
  await Promise.all(told)
  expect(clock.now()).toBeGreaterThanOrEqual(start + dayMs)
  expect(JSON.parse(received.at(-1)!.body)).toMatchObject({
    state: 'ALARM',
    since: new Date(start + 2).toISOString(),
    replaced: 2,
  })
  expect(said.map(({ code }) => code)).toEqual(['alarm_waits', 'alarm_sent'])
  expect(said[1]?.message).toBe(
    'The webhook 1 (json) takes alarms again. 2 states were replaced by newer ones and not sent.',
  )
  expect(JSON.stringify(said)).not.toContain('SECRET-PATH')
}, 60_000)

test.each([400, 413, 422])(
  'a webhook that refuses one alarm for good, by a %i, gets the next',
  async (status) => {
    const said: Warning[] = []
    const { url, received } = await receiver(status, 200)
    const door = doorTo([settingsFor(url)], autoClock(start), (warning) => said.push(warning))
    onTestFinished(() => door.close())
    await door.tell(alarmOf('ALARM'))
    await door.tell({ ...alarmOf('ALARM'), kind: 'retention' })
    expect(received.map(({ body }) => JSON.parse(body).alarm)).toEqual(['not_read', 'retention'])
    expect(said.map(({ code }) => code)).toEqual(['alarm_refused'])
  },
)

test('one webhook that is down does not hold up another, and the end of a run does not wait for it', async () => {
  const up = await receiver(200)
  const down = await receiver(500)
  const door = doorTo([settingsFor(down.url), settingsFor(up.url)], autoClock(start), () => {})
  const told = door.tell(alarmOf('ALARM'))
  const outcome = expect(told).rejects.toThrow('The run has ended.')
  await vi.waitFor(() => expect(up.received).toHaveLength(1))
  await door.close()
  await outcome
})

test('only Alertmanager is reminded of an alarm that stands', async () => {
  const [json, alertmanager] = [await receiver(200), await receiver(200)]
  const webhooks = [settingsFor(json.url), settingsFor(alertmanager.url, 'alertmanager')]
  const door = doorTo(webhooks, autoClock(start), () => {})
  door.remind([alarmOf('ALARM')])
  await vi.waitFor(() => expect(alertmanager.received).toHaveLength(1))
  await door.close()
  expect(json.received).toEqual([])
})

/** A pipeline with this destination. */
const pipelineTo = (destination: object): PipelineSettings =>
  ({
    ...{ name: 'acme', workspace: '1234', destination },
    proxies: { warnings: [], through: () => ({}), to: async () => undefined },
  }) as unknown as PipelineSettings

test('the OTLP destination of a pipeline gets its alarms as log records with their own event name', async () => {
  const receiver = await startReceiver()
  const options = { url: `${receiver.origin}/v1/logs` }
  const door = doorTo([], autoClock(start), () => {}, [pipelineTo({ kind: 'otlp', options })])
  onTestFinished(() => door.close())
  await door.tell(alarmOf('ALARM'))
  await door.tell({ ...alarmOf('ALARM'), pipeline: 'another' })
  await door.tell(alarmOf('OK', start + 1_500))
  const records = receiver.accepted.flat()
  expect(records).toMatchObject([
    { eventName: 'asana_audit.alarm', body: alarmOf('ALARM').message, severityNumber: 16 },
    { eventName: 'asana_audit.alarm', severityNumber: 9 },
  ])
  expect(Object.fromEntries(records[0]!.attributes)).toEqual({
    'asana_audit.pipeline': 'acme',
    'asana_audit.alarm.kind': 'not_read',
    'asana_audit.alarm.state': 'ALARM',
    'asana_audit.alarm.replaced': expect.anything(),
  })
})

test('a destination that is down gets the newest state, and after a change of settings at its new place', async () => {
  const said: Warning[] = []
  const [down, up] = [await startReceiver({ instead: refuse }), await startReceiver()]
  const door = doorTo([], systemClock, (warning) => said.push(warning))
  onTestFinished(() => door.close())
  door.begins(pipelineTo({ kind: 'otlp', options: { url: `${down.origin}/v1/logs` } }))
  const first = door.tell(alarmOf('ALARM'))
  await vi.waitFor(() => expect(down.requests.length).toBeGreaterThan(0))
  door.begins(pipelineTo({ kind: 'otlp', options: { url: `${up.origin}/v1/logs` } }))
  await Promise.all([first, door.tell(alarmOf('OK', start + 1))])
  expect(up.accepted.flat()).toMatchObject([{ eventName: 'asana_audit.alarm', severityNumber: 9 }])
  expect(said.map(({ code }) => code)).toEqual(['alarm_waits', 'alarm_sent'])
  expect(said[0]?.message).toContain('The destination of acme does not take alarms.')
}, 30_000)

test('the destination of a removed pipeline gets the end of its alarm, and the next pipeline of that name its own', async () => {
  const [first, second] = [await startReceiver(), await startReceiver()]
  const door = doorTo([], systemClock, () => {})
  onTestFinished(() => door.close())
  door.begins(pipelineTo({ kind: 'otlp', options: { url: `${first.origin}/v1/logs` } }))
  await door.tell(alarmOf('ALARM'))
  const over = door.tell(alarmOf('OK', start + 1))
  door.removed('acme')
  door.begins(pipelineTo({ kind: 'otlp', options: { url: `${second.origin}/v1/logs` } }))
  await over
  await door.tell(alarmOf('ALARM', start + 2))
  expect(first.accepted.flat()).toMatchObject([{ severityNumber: 16 }, { severityNumber: 9 }])
  expect(second.accepted.flat()).toMatchObject([{ severityNumber: 16 }])
})

test('a destination that was removed while it was down holds up no later pipeline and not the end of a run', async () => {
  const down = await startReceiver({ instead: refuse })
  const door = doorTo([], systemClock, () => {})
  door.begins(pipelineTo({ kind: 'otlp', options: { url: `${down.origin}/v1/logs` } }))
  const outcome = expect(door.tell(alarmOf('ALARM'))).rejects.toThrow('The run has ended.')
  door.removed('acme')
  await door.close()
  await outcome
})

const refuse = (response: ServerResponse): boolean => {
  response.writeHead(503).end()
  return true
}

test.each(['SECRET-PATH', 'ftp://hooks.example/SECRET-PATH', 'https://hooks.example\nSECRET-PATH', 'ключ'])(
  'an address that is none is a fault that does not show it: %j',
  async (url) => {
    await using client = httpClient()
    const sending = webhook(settingsFor(url), client, Date.now)(
      alarmOf('ALARM'),
      0,
      AbortSignal.timeout(60_000),
    )
    const found: unknown = await sending.catch((error: unknown) => error)
    expect(found).toMatchObject({
      ...{ fault: 'fatal', code: 'bad_url' },
      message:
        'run.yaml, line 4: alarm.webhooks[0].url_file: It holds no URL now. Put an http or https URL there, and nothing else.',
    })
    expect(inspect(found, { depth: 9 })).not.toMatch(/SECRET|ключ/)
  },
)
