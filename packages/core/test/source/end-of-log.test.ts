import { asanaSource, type Fact } from '@asana-audit/core'
import { liveUnreadFrom } from '@asana-audit/core/backlog'
import { expect, test } from 'vitest'
import { autoClock } from '../support/auto-clock.ts'
import { type Answer, login, page, scriptedAsana } from '../support/scripted-asana.ts'

const now = '2026-02-20T12:00:00.000Z'
const headers = { date: new Date(now).toUTCString() }
const answer = (one: Answer): Answer => ({ ...one, headers })
const expired = { status: 400, json: { errors: [{ message: 'offset: Your pagination token has expired.' }] } }
/** Of a run that stopped eight days ago, three days after its newest event. */
const stopped = { v: 1, offset: 'a', newest: '2026-02-09T12:00:00Z', endReachedAt: '2026-02-12T12:00:00Z' }

/** From when events may be unread, after each of so many batches. */
async function unreadAfter(
  batches: number,
  script: readonly Answer[],
  cursor?: object,
  onFact?: (fact: Fact) => void,
): Promise<(string | undefined)[]> {
  await using asana = await scriptedAsana(...script)
  const source = asanaSource({
    ...{ workspace: '42', token: 't', baseUrl: asana.baseUrl, clock: autoClock(Date.parse(now)) },
    ...{ settledWindowMs: 0, onFact },
  })
  const found: (string | undefined)[] = []
  for await (const batch of source.read(cursor && JSON.stringify(cursor))) {
    found.push(liveUnreadFrom(batch.cursor))
    if (found.length === batches) break
  }
  return found
}

test('where the log ends, everything is read up to the present, however old the newest event is', async () => {
  const old = login('1', '2026-02-12T12:00:00Z')
  const script = [page([old], 'a'), page([], 'b'), page([login('2', now)], 'c')].map(answer)
  expect(await unreadAfter(3, script)).toEqual(['2026-02-12T12:00:00Z', now, now])
})

test('while a reader catches up after an outage, events are unread from the last one that was read', async () => {
  const script = [page([], 'b'), page([login('2', '2026-02-13T12:00:00Z')], 'c')].map(answer)
  expect(await unreadAfter(1, [script[1]!], stopped)).toEqual(['2026-02-13T12:00:00Z'])
  expect(await unreadAfter(1, [script[0]!], stopped)).toEqual([now])
})

test('what was read up to the end of the log stays read when an offset is refused', async () => {
  const again = answer(page([login('1', stopped.newest)], 'b'))
  expect(await unreadAfter(1, [expired, again], stopped)).toEqual([stopped.endReachedAt])
})

test('a tenant that was quiet for longer than Asana keeps events has lost none', async () => {
  const facts: Fact[] = []
  const onFact = (fact: Fact): void => void facts.push(fact)
  const quiet = { ...stopped, newest: '2025-06-01T12:00:00Z' }
  await unreadAfter(1, [answer(page([], 'b'))], quiet, onFact)
  expect(facts.filter(({ type }) => type === 'possible_loss')).toEqual([])
})
