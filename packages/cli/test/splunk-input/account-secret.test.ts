import { fault } from '@asana-audit/core'
import type { Splunkd } from '@asana-audit/splunk-input'
import { expect, test } from 'vitest'
import { autoClock } from '../../../core/test/support/auto-clock.ts'
import { accountSecret } from '../../src/splunk-input/account-secret.ts'

const realm = '__REST_CREDENTIAL__#TA-asana-audit-input#configs/conf-ta_asana_audit_input_account'
const separator = '``splunk_cred_sep``'

/** A store with one account, or with none, or behind a session that has expired. */
function scene() {
  const clock = autoClock()
  const store: { token: string | undefined; isExpired: boolean; asked: number } = {
    ...{ token: 'first', isExpired: false, asked: 0 },
  }
  const splunkd: Splunkd = {
    async get() {
      store.asked += 1
      if (store.isExpired)
        throw fault({ fault: 'fatal', code: 'session_expired', message: 'It has expired.' })
      const { token } = store
      const pieces =
        token === undefined
          ? []
          : [
              JSON.stringify({ token }),
              `${separator}S${separator}P${separator}L${separator}U${separator}N${separator}K${separator}`,
            ]
      const entry = pieces.map((text, index) => ({
        name: `auditor:${index}`,
        content: { realm, username: `auditor${separator}${index + 1}`, clear_password: text },
      }))
      return { entry }
    },
    close: async () => {},
  }
  const said: string[] = []
  const sentences: string[] = []
  const stale: string[] = []
  const secret = accountSecret(splunkd, 'auditor', clock, {
    onWarning({ code, message }) {
      said.push(code)
      sentences.push(message)
    },
    onStale: ({ code }) => stale.push(code),
  })
  return { clock, store, secret, said, sentences, stale }
}

test('the token is read again once a minute, not with each request', async () => {
  const { clock, store, secret } = scene()
  expect(await secret()).toBe('first')
  store.token = 'second'
  expect(await secret()).toBe('first')
  await clock.sleep(60_001)
  expect(await secret()).toBe('second')
  expect(store.asked).toBe(2)
})

test('an account that is deleted while its input runs leaves the token in use, and that is said once', async () => {
  const { clock, store, secret, said, sentences, stale } = scene()
  await secret()
  store.token = undefined
  for (let minute = 0; minute < 3; minute += 1) {
    await clock.sleep(60_001)
    expect(await secret()).toBe('first')
  }
  expect(said).toEqual(['old_token'])
  expect(sentences[0]).toMatch(/stays in use\. It is read again each minute/)
  // Asana refuses it in the end: a new one on the page is found by this process.
  expect(await secret.another?.(new Set(['first']))).toBeUndefined()
  expect(stale).toEqual([])
  store.token = 'second'
  expect(await secret.another?.(new Set(['first']))).toBe('second')
})

test('an account without a token at the start is a fault', async () => {
  const { store, secret } = scene()
  store.token = undefined
  await expect(secret()).rejects.toMatchObject({ code: 'no_token' })
})

test('a session key that has expired is of no matter until Asana refuses the token: then only a new process helps', async () => {
  const { clock, store, secret, said, sentences, stale } = scene()
  await secret()
  store.isExpired = true
  await clock.sleep(60_001)
  expect(await secret()).toBe('first')
  expect([said, stale]).toEqual([['old_token'], []])
  expect(sentences[0]).toMatch(/stays in use\. If it is replaced on the page, disable the input/)
  expect(await secret.another?.(new Set(['first']))).toBeUndefined()
  expect(stale).toEqual(['session_expired'])
})
