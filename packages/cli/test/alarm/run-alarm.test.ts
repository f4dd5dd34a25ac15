import { writeFileSync } from 'node:fs'
import { json } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { loginEvent } from '../../../../test/support/servers/asana-server.ts'
import { listen } from '../../../../test/support/servers/listen.ts'
import { ask } from '../support/ask.ts'
import { running } from '../support/running.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const minuteMs = 60_000

/** Alarms are judged twice a minute. */
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 100_000 })

const eventOf = (number: number, minutesAgo: number): unknown => {
  const createdAt = new Date(Date.now() - minutesAgo * minuteMs).toISOString()
  return JSON.parse(loginEvent(number, { created_at: createdAt }))
}

/** A webhook that takes everything, and what it was sent. */
async function webhook(): Promise<{ url: string; told: unknown[] }> {
  const told: unknown[] = []
  const url = await listen(async (request, response) => {
    told.push(await json(request))
    response.writeHead(204).end()
  })
  return { url, told }
}

/** Whether a state of the alarm holds, as Prometheus is told. */
async function states(url: string): Promise<string[]> {
  const { body } = await ask(`${url}metrics`)
  return body.split('\n').filter((line) => /^asana_audit_alarm_state.*alarm="drop_off"/.test(line))
}

test('a run whose events stop tells a webhook, its destination, its page and its metrics, and again once they come', async () => {
  await using pipeline = await testPipeline({ events: [eventOf(1, 25), eventOf(2, 20)] })
  const { simulator, env, file } = pipeline
  const { url: hook, told } = await webhook()
  const receiver = await startReceiver()
  writeFileSync(
    file('run.yaml'),
    JSON.stringify({
      alarm: { drop_off_after: '15m', webhooks: [{ shape: 'json', url: hook }] },
      pipelines: [
        {
          name: 'acme',
          workspace: simulator.workspace,
          poll: '1s',
          to: { otlp: { endpoint: `${receiver.origin}/v1/logs` } },
        },
      ],
    }),
  )
  const { url, lines, stop } = await running(['--config', file('run.yaml'), '--listen', '127.0.0.1:0'], env)
  const alarm = { version: 1, pipeline: 'acme', alarm: 'drop_off', replaced: 0 }

  await eventually(() => expect(told).toMatchObject([{ ...alarm, state: 'ALARM' }]))
  const words = 'Asana answers but has shown no event for 20 min'
  expect(told).toMatchObject([{ message: expect.stringContaining(words) }])
  await eventually(async () => {
    expect((await ask(url)).body).toContain(words)
    const [shown] = JSON.parse((await ask(`${url}status.json`)).body).pipelines
    expect(shown.alarms).toContainEqual(expect.objectContaining({ kind: 'drop_off', state: 'ALARM' }))
  })
  await eventually(async () =>
    expect(await states(url)).toEqual([
      'asana_audit_alarm_state{pipeline="acme",alarm="drop_off",state="OK"} 0',
      'asana_audit_alarm_state{pipeline="acme",alarm="drop_off",state="ALARM"} 1',
      'asana_audit_alarm_state{pipeline="acme",alarm="drop_off",state="INSUFFICIENT_DATA"} 0',
    ]),
  )

  simulator.add([eventOf(3, 0)])
  await eventually(() => expect(told[1]).toMatchObject({ ...alarm, state: 'OK' }))
  await eventually(async () => {
    expect((await ask(url)).body).not.toContain(words)
    expect((await states(url)).filter((line) => line.endsWith(' 1'))).toEqual([
      'asana_audit_alarm_state{pipeline="acme",alarm="drop_off",state="OK"} 1',
    ])
  })
  expect(await stop()).toBe(0)
  expect(told).toHaveLength(2)
  const records = receiver.accepted.flat().filter(({ eventName }) => eventName === 'asana_audit.alarm')
  expect(records).toMatchObject([{ severityNumber: 13, scope: 'asana-audit' }, { severityNumber: 9 }])
  expect(receiver.accepted.flat()).toHaveLength(3 + 2)
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['alarm_drop_off', 'alarm_drop_off_over']),
  )
}, 240_000)
