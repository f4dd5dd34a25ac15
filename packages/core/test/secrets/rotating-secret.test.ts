import { getAuditLogEvents } from '@asana-audit/core'
import { rotatingSecret, type Secret, tellOldSecret, watchedSecret } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { page, type ScriptedAsana, scriptedAsana } from '../support/scripted-asana.ts'
import { steppedClock } from '../support/stepped-clock.ts'

/** Accepts only the tokens in `valid`. */
async function asanaThatTakes(valid: Set<string>): Promise<ScriptedAsana> {
  const asana = await scriptedAsana((response) => {
    const sent = asana.requests.at(-1)?.headers.authorization?.slice('Bearer '.length) ?? ''
    const { json } = page([], 'a') as { json: unknown }
    response.writeHead(valid.has(sent) ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(valid.has(sent) ? json : {}))
  })
  return asana
}

const sentTo = ({ requests }: ScriptedAsana): string[] =>
  requests.map(({ headers }) => String(headers.authorization).slice('Bearer '.length))

const asked = ({ baseUrl }: ScriptedAsana, token: Secret): Promise<unknown> =>
  getAuditLogEvents({ workspace: '1', token, baseUrl })

test('the second token is tried when the first is refused, stays in use, and this is said once', async () => {
  await using asana = await asanaThatTakes(new Set(['new']))
  const said: string[] = []
  const token = rotatingSecret({ first: 'old', second: 'new', onUse: (one) => said.push(one) })
  for (const _ of [1, 2, 3]) await asked(asana, token)
  expect(sentTo(asana)).toEqual(['old', 'new', 'new', 'new'])
  expect(said).toEqual(['second'])
})

test('the first token is used again as soon as it has changed', async () => {
  await using asana = await asanaThatTakes(new Set(['new', 'newer']))
  const said: string[] = []
  let first = 'old'
  const token = rotatingSecret({ first: () => first, second: 'new', onUse: (one) => said.push(one) })
  for (const _ of [1, 2]) await asked(asana, token)
  first = 'newer'
  await asked(asana, token)
  expect(sentTo(asana)).toEqual(['old', 'new', 'new', 'newer'])
  expect(said).toEqual(['second', 'first'])
})

test('if both are refused, each attempt tries both once, and nothing is said', async () => {
  await using asana = await asanaThatTakes(new Set())
  const said: string[] = []
  const token = rotatingSecret({ first: 'old', second: 'new', onUse: (one) => said.push(one) })
  for (const _ of [1, 2]) expect(await faultOf(asked(asana, token))).toMatchObject({ code: 'unauthorized' })
  expect(sentTo(asana)).toEqual(['old', 'new', 'old', 'new'])
  expect(said).toEqual([])
})

test('if the second is refused while it is in use, the first is tried again', async () => {
  const valid = new Set(['new'])
  await using asana = await asanaThatTakes(valid)
  const token = rotatingSecret({ first: 'old', second: 'new' })
  await asked(asana, token)
  valid.clear()
  valid.add('old')
  await asked(asana, token)
  expect(sentTo(asana)).toEqual(['old', 'new', 'new', 'old'])
})

test('the second is used while the first cannot be read', async () => {
  await using asana = await asanaThatTakes(new Set(['new']))
  const token = rotatingSecret({
    first: () => {
      throw new Error('no file')
    },
    second: 'new',
  })
  await asked(asana, token)
  expect(sentTo(asana)).toEqual(['new'])
})

test('only the one in use is told to be an earlier one', async () => {
  await using asana = await asanaThatTakes(new Set(['old', 'new']))
  const told: string[] = []
  const aged = (text: string): Secret => Object.assign(() => text, { oldBecause: () => `${text} has aged.` })
  const token = tellOldSecret(rotatingSecret({ first: aged('old'), second: aged('new') }), (why) =>
    told.push(why),
  )
  const { read } = watchedSecret(token, steppedClock())
  for (const _ of [1, 2]) await asked(asana, read)
  expect(told).toEqual(['old has aged.'])
})

test('if neither can be read, the error is that of the first', async () => {
  const token = rotatingSecret({
    first: () => Promise.reject(new Error('the first is missing')),
    second: () => Promise.reject(new Error('the second is missing')),
  })
  await expect(Promise.resolve(token())).rejects.toThrow('the first is missing')
})

test.each(['first', 'second'] as const)(
  'a pause in which both are refused ends when the %s changes',
  async (which) => {
    await using asana = await asanaThatTakes(new Set())
    const clock = steppedClock()
    const tokens = { first: 'old', second: 'other' }
    const rotating = rotatingSecret({ first: () => tokens.first, second: () => tokens.second })
    const { read, changed } = watchedSecret(rotating, clock)
    await faultOf(asked(asana, read))
    let isOver = false
    void changed?.(new AbortController().signal).then(() => {
      isOver = true
    })
    await clock.pass(60_000)
    expect(isOver).toBe(false)
    tokens[which] = 'changed'
    await clock.pass(2_000)
    expect(isOver).toBe(true)
  },
)
