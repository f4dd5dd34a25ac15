import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { authority, certificate } from '../../packages/core/test/support/certificates.ts'
import { sameJson } from '../../packages/schema/test/support/same-json.ts'
import { type Finished, logLines, runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { logsFromJson } from '../support/otlp/otlp-reader.ts'
import { type OtlpReceiverOptions, startReceiver } from '../support/otlp/otlp-receiver.ts'
import {
  type AsanaServerOptions,
  errors,
  gidOf,
  loginEvent,
  startAsana,
  workspace,
} from '../support/servers/asana-server.ts'
import { closedPort, listen } from '../support/servers/listen.ts'

const hundred = Array.from({ length: 100 }, (_, number) => number)

/** The gids in a file of OTLP JSON lines, in order. */
function gidsIn(path: string): unknown[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  return lines.flatMap((line) =>
    logsFromJson(Buffer.from(line)).map(({ attributes }) => attributes.get('log.record.uid')),
  )
}

/** The reason why a run failed. Expects one line for a person, without a stack trace. */
function reasonOf(done: Finished): { code: unknown; detail: string } {
  const failures = logLines(done.stderr).filter(({ message }) => message === 'failed')
  expect(failures.length).toBe(1)
  const { code, detail } = failures[0] as { code: unknown; detail: string }
  expect(detail).toMatch(/^[^\n]{20,600}$/)
  expect(detail).toMatch(/\. /)
  return { code, detail }
}

interface StoredEntry {
  readonly number: number
  readonly reason: string
  readonly event: unknown
}

interface Place {
  readonly file: string
  readonly state: string
  readonly once: readonly string[]
}

/** `giveUpAfter` is short where it must give up; elsewhere a busy machine has as long as it needs. */
function place(giveUpAfter = '5m'): Place {
  const folder = temporaryFolder()
  const [file, state] = [join(folder, 'audit.jsonl'), join(folder, 'state.db')]
  return { file, state, once: runOnce(state, giveUpAfter) }
}

function runOnce(state: string, giveUpAfter: string): string[] {
  return ['run', '--once', '--state', state, '--give-up-after', giveUpAfter]
}

/** JSON.parse confuses some names of members, https://github.com/nodejs/node/issues/63785, so each event has its own name here. */
function readWhole(json: string): unknown {
  const names: string[] = []
  const numbered = json.replaceAll(/"((?:[^"\\]|\\.)*)"(\s*:)/g, (_, name: string, colon: string) => {
    names.push(JSON.parse(`["${name}"]`)[0] as string)
    return `"name${names.length - 1}"${colon}`
  })
  const named = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(named)
    const entries = Object.entries(value)
    return Object.fromEntries(entries.map(([name, member]) => [names[Number(name.slice(4))], named(member)]))
  }
  return named(JSON.parse(numbered))
}

describe('pages', () => {
  test('invalid pages are requested again, and no event is skipped or repeated', async () => {
    const tricks: NonNullable<AsanaServerOptions['instead']>[] = [
      (response) =>
        !!response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the Wi-Fi</html>'),
      (response) => !!response.end('{"next_page":null}'),
      (response) => !!response.end('{"data":{"gid":"1"},"next_page":null}'),
      (response) => !!response.end('null'),
      (response) => !!response.end(''),
      (response) => !!response.end(`{"data":[${loginEvent(0)},`),
      (response) => {
        response.writeHead(200, { 'content-length': '100000' }).write(`{"data":[${loginEvent(0)}`)
        setImmediate(() => response.destroy())
        return true
      },
      (response) => !!response.writeHead(500).end(errors('Server Error')),
      (response) =>
        !!response.writeHead(429, { 'retry-after': '1' }).end(errors('You have made too many requests')),
      (response) => !!response.writeHead(503).end('<html>upstream</html>'),
      (response) => !response.destroy(),
      (response) => !!response.end(`{"data":[${loginEvent(0)}],"next_page":{"path":"/x"}}`),
    ]
    let tricked = 0
    const asana = await startAsana({
      events: hundred.map((number) => loginEvent(number)),
      pageSize: () => 7,
      // Every second request, so that no two failures follow each other.
      instead: (response, request, seen) => {
        const trick = request % 2 === 0 ? tricks[tricked] : undefined
        if (!trick) return false
        tricked += 1
        return trick(response, request, seen) || true
      },
    })
    const { file, once } = place()

    const done = await runCommand([...once, '--to', `file:${file}`], { env: asana.env })

    expect(done, done.stderr).toMatchObject({ code: 0 })
    expect(tricked).toBe(tricks.length)
    expect(gidsIn(file)).toEqual(hundred.map(gidOf))
  })

  test('an expired offset is replaced by a time, and no event is skipped or repeated', async () => {
    const asana = await startAsana({
      events: hundred.map((number) => loginEvent(number)),
      pageSize: () => 10,
      instead: (response, request) =>
        request === 5 && !!response.writeHead(400).end(errors('offset: Your pagination token has expired.')),
    })
    const { file, once } = place()

    const done = await runCommand([...once, '--to', `file:${file}`], { env: asana.env })

    expect(done).toMatchObject({ code: 0 })
    expect(asana.requests[6]?.query).toEqual({ start_at: expect.stringMatching(/^2026-01-0\dT/) })
    expect(gidsIn(file)).toEqual(hundred.map(gidOf))
  })
})

describe('events', () => {
  const whole = JSON.parse(loginEvent(50)) as Record<string, unknown>
  const without = (field: string): unknown =>
    Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field))
  const bad: readonly unknown[] = [
    without('gid'),
    { ...whole, gid: 1200000000000051 },
    { ...whole, gid: '' },
    { ...whole, gid: null },
    without('actor'),
    { ...whole, gid: '701', actor: null },
    { ...whole, gid: '702', actor: 'Ada' },
    without('created_at'),
    { ...whole, gid: '703', created_at: '2026-02-30T10:00:00.000Z' },
    { ...whole, gid: '704', created_at: 'yesterday' },
    { ...whole, gid: '705', created_at: 1_767_000_000 },
    { ...whole, gid: '706', created_at: '2026-01-05' },
    { ...whole, gid: '707', created_at: '2026-01-05T25:00:00Z' },
    { ...whole, gid: '708', created_at: '2026-01-05T10:00:00' },
    { ...whole, gid: '709', created_at: '' },
    without('event_type'),
    { ...whole, gid: '710', event_type: 12 },
    { ...whole, gid: '711', event_type: '' },
    { ...whole, actor: null, details: { a: 1, '\\': 2 }, note: 'half \ud83d 日本語 \u202e' },
    { ...whole, actor: null, details: { a: 1, '\n': 2 }, [`${'k'.repeat(200)}`]: 'x'.repeat(60_000) },
    JSON.parse('{"gid":"712","__proto__":{"polluted":true},"constructor":1,"":null}'),
    null,
    'an event',
    42,
    [],
    [whole],
    {},
  ]

  test('malformed events are quarantined whole, the others arrive, and the exit status is 3 once', async () => {
    const log = hundred.map((number) => loginEvent(number))
    for (const [index, event] of bad.entries()) log.splice(index * 3, 0, JSON.stringify(event))
    const asana = await startAsana({ events: log, pageSize: () => 11 })
    const { file, state, once } = place()
    const args = [...once, '--to', `file:${file}`]

    const done = await runCommand(args, { env: asana.env })

    expect(done).toMatchObject({ code: 3 })
    expect(gidsIn(file)).toEqual(hundred.map(gidOf))
    expect(logLines(done.stderr).at(-1)).toMatchObject({
      message: 'finished',
      delivered: 100,
      quarantined: bad.length,
    })

    const listed = await runCommand(['quarantine', 'list', '--json', '--state', state])
    expect(listed.code).toBe(0)
    const entries = listed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => readWhole(line) as StoredEntry)
    expect(entries.map(({ number }) => number)).toEqual(bad.map((_, index) => index + 1))
    for (const [index, event] of bad.entries()) {
      expect(entries[index]?.reason).toMatch(/\w/)
      expect(sameJson(entries[index]?.event, event), JSON.stringify(event).slice(0, 300)).toBe(true)
    }
    const last = await runCommand(['quarantine', 'show', '19', '--json', '--state', state])
    expect(sameJson((readWhole(last.stdout) as StoredEntry).event, bad[18])).toBe(true)
    const forPeople = await runCommand(['quarantine', 'list', '--state', state])
    expect(forPeople.stdout.trimEnd().split('\n').length).toBe(bad.length)
    const shown = await runCommand(['quarantine', 'show', '10', '--state', state])
    expect(shown.stdout).toContain('"created_at": "yesterday"')
    expect(shown.stdout).toMatch(/created_at.*time/)

    const again = await runCommand(args, { env: asana.env })
    expect(again).toMatchObject({ code: 0 })
    expect(gidsIn(file).length).toBe(100)
  })

  test('a field that the policy drops is not in the quarantine either', async () => {
    const secret = 'PHNhbWw+secret assertion'
    const { actor: _, ...rest } = JSON.parse(loginEvent(1, { details: { saml_response: secret } })) as {
      actor: unknown
    }
    const asana = await startAsana({ events: [JSON.stringify(rest)] })
    const { file, state, once } = place()

    const done = await runCommand([...once, '--to', `file:${file}`], { env: asana.env })

    expect(done).toMatchObject({ code: 3 })
    const listed = await runCommand(['quarantine', 'list', '--json', '--state', state])
    expect(`${listed.stdout}${readFileSync(state)}`).not.toContain('secret assertion')
  })

  test.each([2_000, 20_000])(
    'a malformed event that is nested %i levels deep is quarantined, and the others arrive',
    async (levels) => {
      const deep = `{"gid":"7","nested":${'['.repeat(levels)}${']'.repeat(levels)}}`
      const asana = await startAsana({ events: [loginEvent(0), deep, loginEvent(1)] })
      const { file, state, once } = place()

      const done = await runCommand([...once, '--to', `file:${file}`], { env: asana.env })

      expect(done).toMatchObject({ code: 3 })
      expect(gidsIn(file)).toEqual([gidOf(0), gidOf(1)])
      const listed = await runCommand(['quarantine', 'list', '--json', '--state', state])
      expect(listed).toMatchObject({ code: 0 })
      expect(listed.stdout).toContain('['.repeat(levels))
    },
  )
})

describe('Asana refuses', () => {
  const statuses = [
    [401, 'unauthorized', /token/],
    [402, 'plan_required', /plan/],
    [403, 'forbidden', /scope|permission/],
    [404, 'workspace_not_found', /Domain ID/],
    [451, 'blocked', /legal/],
    [400, 'bad_request', /400/],
  ] as const

  test.each(statuses)(
    'with %i: exit status 1, a sentence, and nothing written',
    async (status, code, words) => {
      const asana = await startAsana({
        events: [loginEvent(0)],
        instead: (response) => !!response.writeHead(status).end(errors('A message of Asana')),
      })
      const { file, once, state } = place()

      const done = await runCommand([...once, '--to', `file:${file}`], { env: asana.env })

      expect(done.code).toBe(1)
      const reason = reasonOf(done)
      expect(reason).toMatchObject({ code, detail: expect.stringMatching(words) })
      expect(asana.requests.length).toBe(1)
      expect(gidsIn(file)).toEqual([])

      const checked = await runCommand(['check', '--json', '--to', `file:${file}`, '--state', state], {
        env: asana.env,
      })
      expect(checked.code).toBe(1)
      expect(JSON.parse(checked.stdout)).toContainEqual(
        expect.objectContaining({ what: 'asana', ok: false, code }),
      )
    },
  )

  test('a wrong token and a workspace of others', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const wrongToken = await runCommand([...place().once, '--to', 'stdout'], {
      env: { ...asana.env, ASANA_TOKEN: 'wrong' },
    })
    const wrongWorkspace = await runCommand([...place().once, '--to', 'stdout', '--workspace', '99'], {
      env: asana.env,
    })
    expect([wrongToken.code, wrongWorkspace.code]).toEqual([1, 1])
    expect(reasonOf(wrongToken).code).toBe('unauthorized')
    expect(reasonOf(wrongWorkspace).code).toBe('workspace_not_found')
    expect(`${wrongToken.stdout}${wrongWorkspace.stdout}`).toBe('')
  })

  test('with --log human the reason is one line that begins with a cross', async () => {
    const asana = await startAsana({ events: [] })
    const env = { ...asana.env, ASANA_TOKEN: 'wrong' }
    const done = await runCommand([...place().once, '--to', 'stdout', '--log', 'human'], { env })
    expect(done.code).toBe(1)
    expect(done.stderr).toMatch(/^✗ .*token.*$/m)
    expect(done.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
  })

  test('with a redirect, and the token is not sent to its target', async () => {
    const lured: unknown[] = []
    const elsewhere = await listen((request, response) => {
      lured.push(request.headers)
      response.end('{"data":[],"next_page":null}')
    })
    for (const status of [301, 302, 307, 308]) {
      const asana = await startAsana({
        events: [],
        instead: (response) => !!response.writeHead(status, { location: `${elsewhere}/api/1.0` }).end(),
      })
      const done = await runCommand([...place().once, '--to', 'stdout'], { env: asana.env })
      expect(done.code).toBe(1)
      expect(reasonOf(done).code).toBe('redirected')
    }
    expect(lured).toEqual([])
  })
})

describe('Asana cannot be reached', () => {
  test('on a closed port and under an unknown name', async () => {
    for (const [baseUrl, code] of [
      [`${await closedPort()}/api/1.0`, 'connection_refused'],
      ['https://name.invalid/api/1.0', 'dns'],
    ] as const) {
      const env = { ASANA_BASE_URL: baseUrl, ASANA_WORKSPACE: workspace, ASANA_TOKEN: 'token' }
      const { file, once } = place('2s')
      const done = await runCommand([...once, '--to', `file:${file}`], { env })
      expect(done.code).toBe(1)
      const { code: found, detail } = reasonOf(done)
      expect([found, detail]).toEqual(['gave_up', expect.stringContaining(new URL(baseUrl).hostname)])
      const retries = logLines(done.stderr).filter(({ message }) => message === 'retrying')
      expect(retries.map((line) => line['code'])).toContain(code)

      const checked = await runCommand(['check', '--json', '--to', `file:${file}`], { env })
      expect(checked.code).toBe(1)
      expect(JSON.parse(checked.stdout)).toContainEqual(
        expect.objectContaining({ what: 'asana', ok: false, code }),
      )
    }
  })

  test('behind a certificate of an unknown authority, until the settings name the authority', async () => {
    const issuer = await authority('An authority of this test')
    const tls = await certificate({ issuer })
    const asana = await startAsana({ events: [loginEvent(0)], tls })
    const { file, once } = place()
    const args = [...once, '--to', `file:${file}`]
    const done = await runCommand(args, { env: asana.env })
    expect(done.code).toBe(1)
    expect(reasonOf(done)).toMatchObject({ code: 'tls', detail: expect.stringMatching(/certificate/) })
    expect(asana.requests).toEqual([])

    const ca = join(temporaryFolder(), 'ca.pem')
    writeFileSync(ca, issuer.cert)
    const trusting = await runCommand(args, { env: { ...asana.env, ASANA_CA_FILE: ca } })
    expect(trusting).toMatchObject({ code: 0 })
    expect(gidsIn(file)).toEqual([gidOf(0)])
  })
})

describe('the destination', () => {
  interface Attempt {
    readonly done: Finished
    readonly env: Readonly<Record<string, string>>
    readonly asana: Awaited<ReturnType<typeof startAsana>>
    readonly place: Place
  }

  /** Delivers a hundred events to the destination of `env`. With `givesUp` it need not wait long for a destination that never works. */
  async function attempt(
    env: Readonly<Record<string, string>>,
    { log = hundred, givesUp = false }: { log?: readonly number[]; givesUp?: boolean } = {},
  ): Promise<Attempt> {
    const asana = await startAsana({ events: log.map((number) => loginEvent(number)), pageSize: () => 300 })
    const at = place()
    const all = { ...asana.env, ...env }
    const once = runOnce(at.state, givesUp ? '2s' : '5m')
    const done = await runCommand([...once, '--to', 'otlp'], { env: all })
    return { done, env: all, asana, place: at }
  }

  /** After the destination is repaired, everything arrives, because the position was not moved. */
  async function expectNothingLost({ asana, place: { once } }: Attempt, log = hundred): Promise<void> {
    const mended = await startReceiver()
    const done = await runCommand([...once, '--to', 'otlp'], { env: { ...asana.env, ...mended.env } })
    expect(done).toMatchObject({ code: 0 })
    const gids = mended.accepted.flat().map(({ attributes }) => attributes.get('log.record.uid'))
    expect(gids).toEqual(log.map(gidOf))
  }

  const unreachable = async (): Promise<[string, string, string][]> => [
    ['closed port', await closedPort(), 'connection_refused'],
    ['no such name', 'https://name.invalid', 'dns'],
  ]

  test('cannot be reached: exit status 1, and nothing is lost', async () => {
    for (const [, url, code] of await unreachable()) {
      const tried = await attempt({ OTEL_EXPORTER_OTLP_ENDPOINT: url }, { givesUp: true })
      expect(tried.done.code).toBe(1)
      expect(reasonOf(tried.done)).toMatchObject({
        code: 'gave_up',
        detail: expect.stringContaining(new URL(url).hostname),
      })
      const check = await runCommand(['check', '--json', '--to', 'otlp'], { env: tried.env })
      expect(check.code).toBe(1)
      expect(JSON.parse(check.stdout)).toContainEqual(
        expect.objectContaining({ what: 'otlp', ok: false, code }),
      )
      await expectNothingLost(tried)
    }
  })

  test('has a certificate of an unknown authority: it receives everything after the settings name the authority', async () => {
    const issuer = await authority('An authority of this test')
    const tls = await certificate({ issuer })
    const receiver = await startReceiver({ tls })
    const tried = await attempt(receiver.env)
    expect(tried.done.code).toBe(1)
    expect(reasonOf(tried.done)).toMatchObject({ code: 'tls', detail: expect.stringMatching(/certificate/) })
    expect(receiver.requests).toEqual([])

    const ca = join(temporaryFolder(), 'ca.pem')
    writeFileSync(ca, issuer.cert)
    const env = { ...tried.env, OTEL_EXPORTER_OTLP_CERTIFICATE: ca }
    const trusting = await runCommand([...tried.place.once, '--to', 'otlp'], { env })
    expect(trusting).toMatchObject({ code: 0 })
    expect(receiver.accepted.flat().length).toBe(100)
  })

  const refusals = [
    [401, 'unauthorized', /credentials/],
    [403, 'forbidden', /credentials/],
    [404, 'not_found', /path/],
    [415, 'unsupported_media_type', /protocol|compression/],
    [302, 'redirected', /[Rr]edirect/],
    [400, 'set_up_refused', /set-up/],
    [413, 'set_up_refused', /set-up/],
    [500, 'gave_up', /500/],
    [503, 'gave_up', /503/],
  ] as const

  test.each(refusals)(
    'answers %i to everything: exit status 1, nothing is quarantined or lost',
    async (status, code, words) => {
      const receiver = await startReceiver({
        instead: (response) => !!response.writeHead(status, { location: '/elsewhere' }).end('no'),
      })
      const tried = await attempt(receiver.env, { givesUp: true })
      expect(tried.done.code).toBe(1)
      expect(reasonOf(tried.done)).toMatchObject({ code, detail: expect.stringMatching(words) })
      const listed = await runCommand(['quarantine', 'list', '--json', '--state', tried.place.state])
      expect(listed.stdout).toBe('')
      await expectNothingLost(tried)
    },
  )

  test('answers 200 with a login page: exit status 1, and nothing counts as delivered', async () => {
    const receiver = await startReceiver({
      instead: (response) =>
        !!response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
    })
    const tried = await attempt(receiver.env, { givesUp: true })
    expect(tried.done.code).toBe(1)
    expect(reasonOf(tried.done)).toMatchObject({
      code: 'gave_up',
      detail: expect.stringContaining('not the whole answer of an OTLP receiver'),
    })
    await expectNothingLost(tried)
  })

  /** Refuses every request with this event, and accepts the others. */
  const poisonedBy = (number: number, status: number): OtlpReceiverOptions => ({
    instead: (response, { logs }) =>
      logs.some(({ attributes }) => attributes.get('log.record.uid') === gidOf(number)) &&
      !!response.writeHead(status, { 'content-type': 'text/plain' }).end('cannot read this'),
  })

  test.each([400, 413])(
    'answers %i because of one record: that record is quarantined whole, all others arrive',
    async (status) => {
      const receiver = await startReceiver(poisonedBy(57, status))
      const { done, place: at } = await attempt(receiver.env)
      expect(done).toMatchObject({ code: 3 })
      const gids = receiver.accepted.flat().map(({ attributes }) => attributes.get('log.record.uid'))
      expect(gids).toEqual(hundred.filter((number) => number !== 57).map(gidOf))
      const listed = await runCommand(['quarantine', 'list', '--json', '--state', at.state])
      const entries = logLines(listed.stdout)
      expect(entries).toMatchObject([{ kind: 'rejected', id: gidOf(57), event: JSON.parse(loginEvent(57)) }])
    },
  )

  test('refuses the only record: the set-up is suspected, and the record is kept', async () => {
    const receiver = await startReceiver(poisonedBy(0, 400))
    const tried = await attempt(receiver.env, { log: [0] })
    expect(tried.done.code).toBe(1)
    expect(reasonOf(tried.done).code).toBe('set_up_refused')
    await expectNothingLost(tried, [0])
  })

  const partial = {
    'http/json': '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"one was bad"}}',
  }
  const partialProtobuf = Buffer.from([0x0a, 0x09, 0x08, 0x01, 0x12, 0x05, 0x77, 0x6f, 0x72, 0x73, 0x65])

  test.each([
    ['http/json', partial['http/json'], 'one was bad'],
    ['http/protobuf', partialProtobuf, 'worse'],
  ])(
    'accepts an unknown part over %s: that write is quarantined as uncertain and not sent again',
    async (protocol, body, said) => {
      const receiver = await startReceiver({
        instead: (response, { headers }, request) =>
          request === 1 && !!response.writeHead(200, { 'content-type': headers['content-type'] }).end(body),
      })
      const env = { ...receiver.env, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
      const log = Array.from({ length: 2_500 }, (_, number) => number)
      const { done, place: at } = await attempt(env, { log })
      expect(done).toMatchObject({ code: 3 })
      const gids = receiver.requests.flatMap(({ logs }) =>
        logs.map(({ attributes }) => attributes.get('log.record.uid')),
      )
      expect(gids.sort()).toEqual(log.map(gidOf))
      const uncertain = receiver.requests[1]?.logs.map(({ attributes }) => attributes.get('log.record.uid'))
      const listed = await runCommand(['quarantine', 'list', '--json', '--state', at.state])
      const entries = logLines(listed.stdout)
      expect(entries.map(({ id }) => id)).toEqual(uncertain)
      for (const entry of entries)
        expect(entry).toMatchObject({ kind: 'uncertain', reason: expect.stringContaining(said) })
    },
  )

  test('accepts with a message: nothing is quarantined', async () => {
    const receiver = await startReceiver({
      instead: (response, { headers }) =>
        !!response
          .writeHead(200, { 'content-type': headers['content-type'] })
          .end('{"partialSuccess":{"errorMessage":"attributes were shortened"}}'),
    })
    const { done } = await attempt({ ...receiver.env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
    expect(done).toMatchObject({ code: 0 })
    expect(done.stderr).toContain('attributes were shortened')
  })

  test('is a file whose folder does not exist, or a folder', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const { file, once } = place()
    for (const path of [join(file, 'missing', 'audit.jsonl'), temporaryFolder()]) {
      const done = await runCommand([...once, '--to', `file:${path}`], { env: asana.env })
      expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('\n  --to\n') })
      expect(done.stderr).toContain(path.replace(/\/audit\.jsonl$/, ''))
    }
    expect(asana.requests).toEqual([])
  })
})
