import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import {
  expectTidy,
  logLines,
  type Running,
  startCommand,
  temporaryFolder,
} from '../support/commands/run-command.ts'
import { logsFromJson } from '../support/otlp/otlp-reader.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { gidOf, loginEvent, startAsana, workspace } from '../support/servers/asana-server.ts'
import { closedPort, listen } from '../support/servers/listen.ts'

const patient = { timeout: 240_000 }

const numbers = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, index) => from + index)

function gidsIn(path: string): unknown[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  return lines.flatMap((line) =>
    logsFromJson(Buffer.from(line)).map(({ attributes }) => attributes.get('log.record.uid')),
  )
}

/** A run that follows its file, and the log it reads. */
async function startRun(
  settings: (file: (name: string) => string) => string,
  env: Readonly<Record<string, string>> = {},
) {
  const folder = temporaryFolder()
  const file = (name: string): string => join(folder, name)
  // Today: a position older than 90 days that is read again is a possible loss, and an error in the log.
  const today = Date.now()
  const eventAt = (number: number): string =>
    loginEvent(number, { created_at: new Date(today - 3_600_000 + number * 1_000).toISOString() })
  const events = numbers(0, 10).map(eventAt)
  const asana = await startAsana({ events })
  const config = file('pipelines.yaml')
  const write = (yaml: string): void =>
    writeFileSync(config, `state: ${file('state.db')}\n${yaml.replaceAll('FOLDER', folder)}`)
  write(settings(file))
  const running = startCommand(['run', '--config', config], { env: { ...asana.env, ...env } })
  return {
    ...{ file, events, asana, config, running, write },
    grow(until: number) {
      for (const number of numbers(events.length, until)) events.push(eventAt(number))
    },
    reload: (yaml: string, message: string) => reload(running, () => write(yaml), message),
    async stop() {
      running.child.kill('SIGTERM')
      const done = await running.finished
      expectTidy(done)
      return done
    },
  }
}

/** Sends SIGHUP, and gives the line that says what came of it. */
async function reload({ child, stderr }: Running, change: () => void, message: string) {
  const said = (): object[] =>
    logLines(stderr().replace(/[^\n]*$/, '')).filter((line) => line['message'] === message)
  const before = said().length
  change()
  child.kill('SIGHUP')
  await vi.waitFor(() => expect(said().length, stderr()).toBe(before + 1), patient)
  return said().at(-1)
}

function statusPageOf({ stderr }: Running): string {
  const started = logLines(stderr().replace(/[^\n]*$/, '')).find(({ message }) => message === 'started')
  if (typeof started?.['statusPage'] !== 'string') throw new Error(stderr())
  return started['statusPage']
}

/** The names of the pipelines in each thing that a run serves. */
async function shownBy(page: string): Promise<Readonly<Record<string, string[]>>> {
  const get = async (path: string): Promise<string> => (await fetch(`${page}${path}`)).text()
  const status: { pipelines: { pipeline: string; alarms: unknown[] }[] } = JSON.parse(
    await get('status.json'),
  )
  const metrics = await get('metrics')
  const within = (family: string): string[] => {
    const series = metrics.matchAll(new RegExp(`^${family}\\{pipeline="([^"]+)"`, 'gm'))
    return [...new Set([...series].map(([, name]) => name!))].toSorted()
  }
  const names = (found: typeof status.pipelines): string[] =>
    found.map(({ pipeline: name }) => name).toSorted()
  return {
    status: names(status.pipelines),
    metrics: within('asana_audit_events_delivered_total'),
    alarms: names(status.pipelines.filter(({ alarms }) => alarms.length === 6)),
    states: within('asana_audit_alarm_state'),
  }
}

const pipeline = (name: string, more = `to: { file: { path: FOLDER/${name}.jsonl } }`): string =>
  `  - { name: ${name}, workspace: "${workspace}", poll: 1s, ${more} }\n`
const pipelines = (...each: string[]): string => `pipelines:\n${each.join('')}`

describe('SIGHUP while run follows its file', () => {
  test('adds, changes and removes pipelines without a gap or a repeat', async () => {
    const { file, grow, reload, stop } = await startRun(() => pipelines(pipeline('a'), pipeline('b')))
    for (const name of ['a.jsonl', 'b.jsonl'])
      await vi.waitFor(() => expect(gidsIn(file(name)).length).toBe(10), patient)

    const changed = pipeline('b', 'details: structured, to: { file: { path: FOLDER/b.jsonl } }')
    expect(await reload(pipelines(changed, pipeline('c')), 'reloaded')).toMatchObject({
      ...{ level: 'info', added: ['c'], changed: ['b'], removed: ['a'], unchanged: 0 },
    })
    grow(20)
    for (const name of ['b.jsonl', 'c.jsonl']) {
      await vi.waitFor(() => expect(gidsIn(file(name)).length).toBe(20), patient)
      expect(gidsIn(file(name))).toEqual(numbers(0, 20).map(gidOf))
    }
    expect(readFileSync(file('b.jsonl'), 'utf8').split('\n').at(-2)).toContain('kvlistValue')
    expect(gidsIn(file('a.jsonl'))).toHaveLength(10)

    // Whoever is removed may come back, here or in another process.
    expect(await reload(pipelines(changed, pipeline('a')), 'reloaded')).toMatchObject({
      ...{ added: ['a'], changed: [], removed: ['c'], unchanged: 1 },
    })
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl'))).toEqual(numbers(0, 20).map(gidOf)), patient)
    const { code, stderr } = await stop()
    expect(code).toBe(0)
    const finished = logLines(stderr).filter(({ message }) => message === 'finished')
    expect(finished.map(({ pipeline, delivered }) => [pipeline, delivered]).toSorted()).toEqual([
      ['a', 20],
      ['b', 20],
      ['c', 20],
    ])
  }, 280_000)

  test('leaves a pipeline alone that did not change: its write under way is not sent again', async () => {
    let answer: (() => void) | undefined
    const receiver = await startReceiver({
      instead(response) {
        answer = () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
        return true
      },
    })
    const kept = pipeline('kept', `to: { otlp: { endpoint: "${receiver.origin}/v1/logs" } }`)
    const listen = 'listen: "127.0.0.1:0"\nlisten_token_file: FOLDER/listen-token\n'
    const { file, reload, stop } = await startRun((file) => {
      writeFileSync(file('listen-token'), 'abcdefabcdef'.repeat(5))
      return listen + pipelines(pipeline('a'), kept)
    })
    await vi.waitFor(() => expect(answer).toBeDefined(), patient)
    // Also the lines of the file have moved.
    const changed = pipelines(
      '  # more\n',
      kept,
      pipeline('a', 'limit: 5, to: { file: { path: FOLDER/a2.jsonl } }'),
    )
    expect(await reload(changed + listen, 'reloaded')).toMatchObject({ changed: ['a'], unchanged: 1 })
    const requests = receiver.requests.length
    answer?.()
    const { code, stderr } = await stop()
    expect({ code, requests }).toEqual({ code: 0, requests: 1 })
    expect(receiver.requests).toHaveLength(1)
    const finished = logLines(stderr).filter(({ message }) => message === 'finished')
    expect(finished).toContainEqual(
      expect.objectContaining({ pipeline: 'kept', delivered: 10, readAgain: 0 }),
    )
    expect(existsSync(file('a2.jsonl'))).toBe(true)
  }, 280_000)

  test('refuses a wrong file whole, says every problem with its line, and goes on with the old one', async () => {
    const { file, grow, reload, stop } = await startRun(() => pipelines(pipeline('a')))
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    const wrong = pipelines(pipeline('b'), pipeline('c', 'polll: 1s, to: kafka'))
    const said = await reload(wrong, 'reload_refused')
    expect(said).toMatchObject({
      level: 'error',
      detail: expect.stringContaining('2 problems'),
      problems: [
        { setting: expect.stringContaining('line 4: pipelines[1].polll') },
        { setting: expect.stringContaining('line 4: pipelines[1].to') },
      ],
    })
    grow(15)
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(15), patient)
    expect(existsSync(file('b.jsonl'))).toBe(false)
    expect(await reload(pipelines(pipeline('a'), pipeline('b')), 'reloaded')).toMatchObject({ added: ['b'] })
    await vi.waitFor(() => expect(gidsIn(file('b.jsonl')).length).toBe(15), patient)
    expect((await stop()).code).toBe(0)
  }, 280_000)

  test('refuses wrong rules whole, says every problem of them, and takes them once they are right', async () => {
    const rule = (selection: string): string => `
title: Something happened
logsource: { product: asana, service: audit }
detection: { selection: { event_type|exists: true }, condition: ${selection} }
level: high
`
    const settings = pipelines(
      pipeline('a', 'detect: { rules: rules }, to: { file: { path: FOLDER/a.jsonl } }'),
    )
    const { file, grow, reload, stop } = await startRun((file) => {
      mkdirSync(file('rules'))
      writeFileSync(file('rules/one.yml'), rule('selection'))
      return settings
    })
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).filter(Boolean).length).toBe(10), patient)
    writeFileSync(file('rules/one.yml'), rule('nothing'))
    writeFileSync(file('rules/two.yml'), 'title: No detection')
    const said = await reload(settings + pipeline('b'), 'reload_refused')
    expect(JSON.stringify(said)).toMatch(/one\.yml.*no search identifier nothing/)
    expect(JSON.stringify(said)).toMatch(/two\.yml/)
    grow(15)
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).filter(Boolean).length).toBe(15), patient)
    expect(existsSync(file('b.jsonl'))).toBe(false)
    writeFileSync(file('rules/one.yml'), rule('selection'))
    rmSync(file('rules/two.yml'))
    expect(await reload(settings + pipeline('b'), 'reloaded')).toMatchObject({ added: ['b'], changed: [] })
    expect((await stop()).code).toBe(0)
  }, 280_000)

  test('refuses another token file for its page, and goes on if its own file is gone', async () => {
    const listen = (name: string): string =>
      `listen: "127.0.0.1:0"\nlisten_token_file: FOLDER/${name}\n${pipelines(pipeline('a'))}`
    const { file, config, running, reload, stop } = await startRun((file) => {
      for (const name of ['token-1', 'token-2']) writeFileSync(file(name), name.repeat(5))
      return listen('token-1')
    })
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    expect(await reload(listen('token-2'), 'reload_refused')).toMatchObject({
      problems: [{ setting: 'listen', message: expect.stringContaining('start run again') }],
    })
    rmSync(config)
    running.child.kill('SIGHUP')
    await vi.waitFor(() => expect(running.stderr()).toContain('ENOENT'), patient)
    expect(await reload(listen('token-1'), 'reloaded')).toMatchObject({ changed: [], unchanged: 1 })
    expect((await stop()).code).toBe(0)
  }, 280_000)

  test('is followed by the status, the metrics and the alarms', async () => {
    const shared = 'listen: "127.0.0.1:0"\nalarm: {}\n'
    const { running, reload, stop } = await startRun(() => shared + pipelines(pipeline('a'), pipeline('b')))
    const page = await vi.waitFor(() => statusPageOf(running), patient)
    const both = { status: ['a', 'b'], metrics: ['a', 'b'], alarms: ['a', 'b'], states: ['a', 'b'] }
    await vi.waitFor(async () => expect(await shownBy(page)).toEqual(both), patient)

    const changed = pipeline('b', 'limit: 5, to: { file: { path: FOLDER/b.jsonl } }')
    await reload(shared + pipelines(changed, pipeline('c')), 'reloaded')
    const others = { status: ['b', 'c'], metrics: ['b', 'c'], alarms: ['b', 'c'], states: ['b', 'c'] }
    await vi.waitFor(async () => expect(await shownBy(page)).toEqual(others), patient)

    await reload(shared + pipelines(changed, pipeline('c'), pipeline('a')), 'reloaded')
    const all = ['a', 'b', 'c']
    await vi.waitFor(
      async () =>
        expect(await shownBy(page)).toEqual({ status: all, metrics: all, alarms: all, states: all }),
      patient,
    )
    const { code, stderr } = await stop()
    expect(code).toBe(0)
    expect(logLines(stderr).filter(({ level }) => level === 'error')).toEqual([])
  }, 280_000)

  test('that comes while the settings are read for the first time is done once the pipelines run', async () => {
    const folder = temporaryFolder()
    const asana = await startAsana({ events: numbers(0, 10).map((number) => loginEvent(number)) })
    // Opening it to write waits until the run opens it to read.
    const config = join(folder, 'pipelines.yaml')
    execFileSync('mkfifo', [config])
    const running = startCommand(['run', '--config', config], { env: asana.env })
    const hasEnded = running.finished.then(({ stderr }) => Promise.reject(new Error(stderr)))
    hasEnded.catch(() => {})
    const asked = async (): Promise<FileHandle> => Promise.race([open(config, 'w'), hasEnded])
    const answer = async (handle: FileHandle, ...each: string[]): Promise<void> => {
      const yaml = pipelines(...each).replaceAll('FOLDER', folder)
      await handle.writeFile(`state: ${join(folder, 'state.db')}\n${yaml}`)
      await handle.close()
    }
    const first = await asked()
    running.child.kill('SIGHUP')
    await answer(first, pipeline('a'))
    // The first reader must have closed it, or this would be more of the same file.
    await vi.waitFor(() => expect(running.stderr()).toContain('"message":"started"'), patient)
    await answer(await asked(), pipeline('a'), pipeline('b'))
    await vi.waitFor(() => expect(running.stderr()).toContain('"added":["b"]'), patient)
    running.child.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)
  }, 280_000)

  test('that comes while the run ends changes nothing, and the run ends well', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    const deaf = await listen(() => ask())
    const { file, running } = await startRun(() => pipelines(pipeline('a')), {
      ...{ OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${deaf}/v1/metrics` },
      OTEL_METRIC_EXPORT_INTERVAL: '3600000',
    })
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    running.child.kill('SIGTERM')
    await asked
    expect(running.stderr()).toContain('"message":"finished"')
    running.child.kill('SIGHUP')
    expect((await running.finished).code).toBe(0)
  }, 280_000)

  test('refuses a changed alarm, also where only a date or a URL is another', async () => {
    const alarm = (day: string, url: string): string =>
      `alarm: { quiet_days: [${day}], webhooks: [{ url: "${url}" }] }\n${pipelines(pipeline('a'))}`
    const webhook = await closedPort()
    const { file, reload, stop } = await startRun(() => alarm('2026-12-25', webhook))
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    for (const changed of [alarm('2026-12-26', webhook), alarm('2026-12-25', `${webhook}/x`)])
      expect(await reload(changed, 'reload_refused')).toMatchObject({
        problems: [
          { setting: 'alarm', message: expect.stringContaining('cannot change while run is running') },
        ],
      })
    expect(await reload(alarm('2026-12-25', webhook), 'reloaded')).toMatchObject({ unchanged: 1 })
    expect((await stop()).code).toBe(0)
  }, 280_000)

  test('refuses what all pipelines share, and a pipeline that another process runs', async () => {
    const { file, config, reload, stop, asana } = await startRun(() => pipelines(pipeline('a')))
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    const shared = `requests_per_minute: 60\n${pipelines(pipeline('a', 'settled_window: 3h, to: stdout'))}`
    expect(await reload(shared, 'reload_refused')).toMatchObject({
      problems: [{ setting: 'requests_per_minute' }, { setting: 'settled_window, reread_every' }],
    })

    const other = file('other.yaml')
    writeFileSync(
      other,
      readFileSync(config, 'utf8')
        .replace('requests_per_minute: 60\n', '')
        .replaceAll(' a,', ' b,')
        .replace('stdout', `{ file: { path: ${file('b.jsonl')} } }`),
    )
    const second = startCommand(['run', '--config', other], { env: asana.env })
    await vi.waitFor(() => expect(gidsIn(file('b.jsonl')).length, second.stderr()).toBe(10), patient)
    const taken = pipelines(pipeline('c'), pipeline('b', 'to: { file: { path: FOLDER/b2.jsonl } }'))
    expect(await reload(taken, 'reload_refused')).toMatchObject({
      problems: [{ setting: 'pipelines', message: expect.stringContaining('b') }],
    })
    second.child.kill('SIGTERM')
    expect((await second.finished).code).toBe(0)
    expect(await reload(taken, 'reloaded')).toMatchObject({ added: ['c', 'b'], removed: ['a'] })
    expect((await stop()).code).toBe(0)
  }, 280_000)

  test('starts a pipeline again that has ended with a fault', async () => {
    const { file, reload, stop, running } = await startRun(() => pipelines(pipeline('a'), pipeline('b')))
    await vi.waitFor(() => expect(gidsIn(file('a.jsonl')).length).toBe(10), patient)
    const filtered = pipeline(
      'a',
      'filters: { event_type: user_login_failed }, to: { file: { path: FOLDER/a.jsonl } }',
    )
    await reload(pipelines(filtered, pipeline('b')), 'reloaded')
    await vi.waitFor(() => expect(running.stderr()).toContain('filters_changed'), patient)
    expect(await reload(pipelines(pipeline('a'), pipeline('b')), 'reloaded')).toMatchObject({
      changed: ['a'],
    })
    expect((await stop()).code).toBe(0)
  }, 280_000)
})
