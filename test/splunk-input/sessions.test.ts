import { expect, test } from 'vitest'
import { errors, gidOf, loginEvent, token } from '../support/servers/asana-server.ts'
import { committed } from '../support/splunkd/committed.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'

// The session key that splunkd gives to an input, and the token that is read with it.

test('a session key that is wrong from the start is said, and the input stays for a minute', async () => {
  const { splunkd, params, asana } = await inputScene(5)
  const input = splunkd.start(inputProgram, 'a', params)
  // Before it can ask for anything.
  splunkd.expireSessions()
  await expect
    .poll(() => input.log())
    .toMatch(/^ERROR asana_audit event="failed" .*code="session_expired" .*starts it again with a new key/m)
  expect(asana.requests).toEqual([])
  expect(await input.stop()).toBe(1)
  // It was there to hear the signal.
  expect(input.log()).toMatch(/^INFO asana_audit event="stopping" /m)
})

test('a page with a wrong session key shows a sentence', async () => {
  const { splunkd, params } = await inputScene(1)
  const answer = splunkd.validate(inputProgram, 'a', params)
  splunkd.expireSessions()
  expect(await answer).toMatch(/does not accept the session key/)
})

test('a token that Asana refuses after the session key has expired ends the input, so that Splunk starts it with a new key', async () => {
  const revoked = { is: false }
  const { splunkd, params, events } = await inputScene(5, (response) => {
    if (!revoked.is) return false
    response.writeHead(401, { 'content-type': 'application/json' })
    response.end(errors('Not Authorized'))
    return true
  })
  const input = splunkd.start(inputProgram, 'a', { ...params, trail: '1s' })
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
  splunkd.expireSessions()
  revoked.is = true
  await expect
    .poll(() => input.log())
    .toMatch(/^ERROR asana_audit event="failed" .*code="session_expired" .*enter another one on the page/m)
  expect(await input.stop()).toBe(1)
  expect(input.log()).not.toContain(token)
  revoked.is = false
  events.push(loginEvent(5))
  const next = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids()).toContain(gidOf(5))
  await next.stop()
})

test('a password store that never answers does not keep an input from stopping', async () => {
  const { splunkd, params } = await inputScene(5)
  splunkd.settings.store = 'silent'
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.requests()).toContainEqual(expect.stringMatching(/storage\/passwords$/))
  expect(await input.stop()).toBe(0)
  expect(input.log()).not.toMatch(/^(WARN|ERROR)/m)
})

test('whatever characters a token has, Asana gets that token, or the page says what is wrong with it', async () => {
  const strange = `2/12:<a="x">&amp;]]>'\\u0041\\\\%00${'&<>"'.repeat(80)}`
  const seen: string[] = []
  const { splunkd, params } = await inputScene(1, (response, _, { authorization }) => {
    seen.push(authorization ?? '')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"data":[],"next_page":null}')
    return true
  })
  splunkd.settings.accounts.set('auditor', strange)
  expect(await splunkd.validate(inputProgram, 'a', params)).toBeUndefined()
  expect(seen).toContain(`Bearer ${strange}`)
  splunkd.settings.accounts.set('auditor', 'é and more')
  const refused = await splunkd.validate(inputProgram, 'a', params)
  expect(refused).toMatch(/^Account: The Asana token contains.*Copy it again\.$/)
  expect(refused).not.toContain('and more')
  expect(await committed(splunkd)).toBe(0)
})
