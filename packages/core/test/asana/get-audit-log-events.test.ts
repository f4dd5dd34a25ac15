import { type AuditLogRequest, getAuditLogEvents, requestBudget } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { watchedSecret } from '../../src/secrets/watched-secret.ts'
import { autoClock } from '../support/auto-clock.ts'
import { faultOf } from '../support/fault-of.ts'
import { revealedBy } from '../support/revealed-by.ts'
import { login, page, type ScriptedAsana, scriptedAsana } from '../support/scripted-asana.ts'

const token = 'S3cretTokenOfTheTest'
const path = '/api/1.0/workspaces/42/audit_log_events'

function ask({ baseUrl }: Pick<ScriptedAsana, 'baseUrl'>, more: Partial<AuditLogRequest> = {}) {
  return getAuditLogEvents({ workspace: '42', token, baseUrl, ...more })
}

describe('the request', () => {
  test('has every documented parameter under its documented name, and no other', async () => {
    await using asana = await scriptedAsana(page([], null))
    await ask(asana, {
      startAt: '2026-02-01T00:00:00+00:00',
      endAt: '2026-02-02T00:00:00.000Z',
      eventType: 'user_login_succeeded',
      actorType: 'anonymous',
      actorGid: '1111',
      resourceGid: '2222',
      limit: 50,
      offset: 'eyJ0eXAi+/=&?.x',
    })
    expect(asana.requests[0]).toMatchObject({ path, headers: { authorization: `Bearer ${token}` } })
    expect(asana.requests[0]?.query).toEqual({
      start_at: '2026-02-01T00:00:00+00:00',
      end_at: '2026-02-02T00:00:00.000Z',
      event_type: 'user_login_succeeded',
      actor_type: 'anonymous',
      actor_gid: '1111',
      resource_gid: '2222',
      limit: '50',
      offset: 'eyJ0eXAi+/=&?.x',
    })
  })

  test('has only the given parameters', async () => {
    await using asana = await scriptedAsana(page([], null))
    await ask(asana, { startAt: undefined, limit: undefined })
    expect(asana.requests[0]?.query).toEqual({})
  })

  test.each(['', '/', '//', '/proxy/asana', '/proxy/asana/'])(
    'is sent to a path below a base URL that ends with %j',
    async (ending) => {
      await using asana = await scriptedAsana(page([], null))
      await ask({ baseUrl: asana.baseUrl.replace('/api/1.0', ending) })
      const prefix = ending.replace(/\/+$/, '')
      expect(asana.requests[0]?.path).toBe(`${prefix}/workspaces/42/audit_log_events`)
    },
  )

  test('cannot be sent to another path by the workspace', async () => {
    await using asana = await scriptedAsana(page([], null))
    await ask(asana, { workspace: '42/../../users?x=' })
    expect(asana.requests[0]?.path).toBe('/api/1.0/workspaces/42%2F..%2F..%2Fusers%3Fx%3D/audit_log_events')
    expect(asana.requests[0]?.query).toEqual({})
  })

  test.each(['localhost:8080', 'app.asana.com/api/1.0', 'ftp://app.asana.com', ''])(
    'to the base URL %j is fatal, because waiting does not correct a setting',
    async (baseUrl) => {
      expect(await faultOf(ask({ baseUrl }))).toMatchObject({ fault: 'fatal', code: 'bad_base_url' })
    },
  )

  test.each(['', 'two words', 'line\nbreak', 'zoë', '\u0000'])(
    'with the token %j is never sent',
    async (bad) => {
      await using asana = await scriptedAsana(page([], null))
      expect(await faultOf(ask(asana, { token: bad }))).toMatchObject({ fault: 'fatal', code: 'bad_token' })
      expect(asana.requests).toHaveLength(0)
    },
  )

  test.each([
    ['Bearer abc', 'Leave that word out'],
    ['bearer\tabc', 'Leave that word out'],
    ['"abc"', 'in quotes'],
  ])('with the token %j says what to leave out, and not the token', async (bad, what) => {
    await using asana = await scriptedAsana(page([], null))
    const found = await faultOf(ask(asana, { token: bad }))
    expect(found).toMatchObject({ fault: 'fatal', code: 'bad_token' })
    expect(found.message).toContain(what)
    expect(found.message).not.toContain('abc')
    expect(asana.requests).toHaveLength(0)
  })

  test('calls the function for the token each time', async () => {
    await using asana = await scriptedAsana(page([], null))
    await ask(asana, { token: async () => 'from-a-file' })
    expect(asana.requests[0]?.headers.authorization).toBe('Bearer from-a-file')
  })
})

describe('the page', () => {
  test('has the events unchanged, the next offset, the time of the server and the size', async () => {
    const odd = [login('1'), null, 'not an event']
    await using asana = await scriptedAsana({
      json: { data: odd, next_page: { offset: 'a', path: '/x', uri: 'https://elsewhere.example/x' } },
      headers: { date: 'Sun, 01 Feb 2026 10:00:00 GMT' },
    })
    const found = await ask(asana)
    expect(found).toMatchObject({ data: odd, offset: 'a', date: Date.parse('2026-02-01T10:00:00Z') })
    expect(found.bytes).toBeGreaterThan(400)
  })

  test.each([null, undefined])('has no offset if next_page is %s', async (next) => {
    await using asana = await scriptedAsana({ json: { data: [], next_page: next } })
    expect((await ask(asana)).offset).toBeUndefined()
  })

  test('may begin with a byte order mark, like a refusal', async () => {
    const json = JSON.stringify({ data: [login('1')], next_page: { offset: 'a' } })
    const refusal = JSON.stringify({ errors: [{ message: 'start_at: Not a date' }] })
    await using asana = await scriptedAsana(
      { text: `\ufeff${json}` },
      { text: '\ufeff{"next_page":null,"data":[]}' },
      { status: 400, text: `\ufeff${refusal}` },
    )
    expect(await ask(asana)).toMatchObject({ data: [login('1')], offset: 'a' })
    expect(await ask(asana)).toMatchObject({ data: [], offset: undefined })
    expect((await faultOf(ask(asana))).message).toContain('start_at: Not a date')
  })

  test('has no time if the server gives an impossible one', async () => {
    await using asana = await scriptedAsana({
      json: { data: [], next_page: null },
      headers: { date: 'yesterday' },
    })
    expect((await ask(asana)).date).toBeUndefined()
  })

  const malformed: [string, string][] = [
    ['nothing', ''],
    ['HTML', '<html>Sign in to the Wi-Fi</html>'],
    ['JSON cut short', '{"data":[{"gid":"1"'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['an object without data', '{"next_page":null}'],
    ['data that is no list', '{"data":{},"next_page":null}'],
    ['a next_page without an offset', '{"data":[],"next_page":{"uri":"https://x"}}'],
    ['an empty offset', '{"data":[],"next_page":{"offset":""}}'],
    ['an offset that is a number', '{"data":[],"next_page":{"offset":7}}'],
    ['a next_page that is a text', '{"data":[],"next_page":"abc"}'],
  ]
  test.each(malformed)('%s in place of a page is a temporary fault', async (_, text) => {
    await using asana = await scriptedAsana({ text })
    expect(await faultOf(ask(asana))).toMatchObject({ fault: 'temporary', code: 'malformed_page' })
  })

  test('over the size limit is a temporary fault with a code that makes the source ask for smaller pages', async () => {
    await using asana = await scriptedAsana(page([login('1'), login('2')], 'a'))
    const found = await faultOf(ask(asana, { maxResponseBytes: 100 }))
    expect(found).toMatchObject({ fault: 'temporary', code: 'response_too_large' })
  })
})

describe('a refusal', () => {
  const statuses: [number, string, string][] = [
    [400, 'fatal', 'bad_request'],
    [401, 'fatal', 'unauthorized'],
    [402, 'fatal', 'plan_required'],
    [403, 'fatal', 'forbidden'],
    [404, 'fatal', 'workspace_not_found'],
    [451, 'fatal', 'blocked'],
    [301, 'fatal', 'redirected'],
    [307, 'fatal', 'redirected'],
    [204, 'fatal', 'unexpected_status'],
    [418, 'fatal', 'unexpected_status'],
    [408, 'temporary', 'asana_unavailable'],
    [429, 'temporary', 'rate_limited'],
    [500, 'temporary', 'asana_unavailable'],
    [502, 'temporary', 'asana_unavailable'],
    [503, 'temporary', 'asana_unavailable'],
    [504, 'temporary', 'asana_unavailable'],
  ]
  test.each(statuses)('with %i is %s, code %s, without the token', async (status, fault, code) => {
    const answers = [
      { status, json: { errors: [{ message: `Not Authorized: Bearer ${token}`, help: token }] } },
      { status, text: `<html>${token}</html>` },
    ]
    await using asana = await scriptedAsana(...answers)
    for (const _ of answers) {
      const found = await faultOf(ask(asana))
      expect(found).toMatchObject({ fault, code })
      expect(revealedBy(found)).not.toContain(token)
    }
  })

  test('of the token says where it comes from, if that is known', async () => {
    const refusal = { status: 401, json: { errors: [{ message: 'Not Authorized' }] } }
    await using asana = await scriptedAsana(refusal, refusal)
    const reader = Object.assign(() => token, { origin: 'the file /run/secrets/token' })
    const { message } = await faultOf(ask(asana, { token: watchedSecret(reader, systemClock).read }))
    expect(message).toContain(' The token comes from the file /run/secrets/token. Asana says:')
    expect((await faultOf(ask(asana))).message).not.toContain('comes from')
  })

  test('of an offset has its own code, so that reading can start again by time', async () => {
    await using asana = await scriptedAsana({ status: 400, json: { errors: [{ message: 'expired' }] } })
    expect(await faultOf(ask(asana, { offset: 'a' }))).toMatchObject({ code: 'offset_refused' })
  })

  test('of the workspace tells the user to check the workspace first, then the scope', async () => {
    await using asana = await scriptedAsana({ status: 403, json: { errors: [{ message: 'Forbidden' }] } })
    const { message } = await faultOf(ask(asana))
    expect(message.indexOf('Domain ID')).toBeGreaterThan(0)
    expect(message.indexOf('Domain ID')).toBeLessThan(message.indexOf('scope'))
  })

  test.each([
    [404, { text: '<html>Not Found</html>' }],
    [404, { json: { errors: [{ message: 'No matching route.' }] } }],
  ])('with %i at a base URL without its end names the base URL first', async (status, answer) => {
    await using asana = await scriptedAsana({ status, ...answer })
    const { origin } = new URL(asana.baseUrl)
    const { message } = await faultOf(ask({ baseUrl: origin.replace('//', '//user:secret@') }))
    expect(message).toContain(`base URL ${origin}/`)
    expect(message).toContain('https://app.asana.com/api/1.0')
    expect(message).not.toContain('secret')
  })

  test.each([401, 403, 404, 405])(
    'with %i and no message of Asana names the base URL too',
    async (status) => {
      await using asana = await scriptedAsana({ status, text: '<html>Sign in</html>' })
      expect((await faultOf(ask(asana))).message).toContain(`check the base URL (${asana.baseUrl})`)
    },
  )

  test('ends with the message of Asana, on one line and shortened', async () => {
    const message = `start_at: Not a\nvalid date ${'x'.repeat(1000)}`
    await using asana = await scriptedAsana({ status: 400, json: { errors: [{ message, phrase: 'a b c' }] } })
    const found = await faultOf(ask(asana))
    expect(found.message).toContain('Asana says: "start_at: Not a valid date xxx')
    expect(found.message.length).toBeLessThan(300)
  })

  test('by a redirect names the host of the redirect', async () => {
    await using elsewhere = await scriptedAsana(page([], null))
    await using asana = await scriptedAsana({ status: 302, headers: { location: elsewhere.baseUrl } })
    expect((await faultOf(ask(asana))).message).toContain(new URL(asana.baseUrl).origin)
    expect(elsewhere.requests).toHaveLength(0)
  })

  const waits: [string | undefined, number | undefined, number | undefined][] = [
    // Header, what a 429 asks for, what a 503 asks for.
    ['30', 30_000, 30_000],
    ['0', 0, 0],
    ['1.5', 1_500, 1_500],
    [undefined, 30_000, undefined],
    ['soon', 30_000, undefined],
    ['-5', 30_000, undefined],
    // By the clock of the server, an hour before.
    ['Sun, 01 Feb 2026 10:00:00 GMT', 3_600_000, 3_600_000],
  ]
  test.each(waits)(
    'with Retry-After %s asks for a wait of that time',
    async (header, limited, unavailable) => {
      const date = 'Sun, 01 Feb 2026 09:00:00 GMT'
      const headers = { date, ...(header !== undefined && { 'retry-after': header }) }
      await using asana = await scriptedAsana(
        { status: 429, json: {}, headers },
        { status: 503, json: {}, headers },
      )
      for (const retryAfterMs of [limited, unavailable])
        expect({ ...(await faultOf(ask(asana))) }).toEqual({
          fault: 'temporary',
          code: expect.anything(),
          retryAfterMs,
        })
    },
  )
})

describe('the budget', () => {
  test('stops every request for the Retry-After of one', async () => {
    await using asana = await scriptedAsana(
      { status: 429, json: {}, headers: { 'retry-after': '30' } },
      page([], null),
    )
    const clock = autoClock()
    const budget = requestBudget({ clock })
    await faultOf(ask(asana, { budget }))
    await ask(asana, { budget, workspace: '43' })
    expect(clock.waits).toEqual([30_000])
  })

  test('does not stop requests after a refusal without a Retry-After', async () => {
    await using asana = await scriptedAsana({ status: 500, json: {} }, page([], null))
    const clock = autoClock()
    const budget = requestBudget({ clock })
    await faultOf(ask(asana, { budget }))
    await ask(asana, { budget })
    expect(clock.waits).toEqual([])
  })

  test('gets its place back after any answer', async () => {
    await using asana = await scriptedAsana({ status: 500, json: {} }, { text: '<html>' }, page([], null))
    const budget = requestBudget({ inFlight: 1, clock: autoClock() })
    await faultOf(ask(asana, { budget }))
    await faultOf(ask(asana, { budget }))
    await ask(asana, { budget })
    expect(asana.requests).toHaveLength(3)
  })
})
