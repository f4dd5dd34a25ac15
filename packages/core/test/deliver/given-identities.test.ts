import type { Batch, Identity, Source } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { identityOf } from '../../src/state/identity-of.ts'
import { destination, event, events, run, type TestEvent } from '../support/scripted-delivery.ts'

function sourceOfBatches(...batches: readonly Partial<Batch<TestEvent>>[]): Source<TestEvent> {
  return {
    async *read() {
      for (const [index, batch] of batches.entries())
        yield { events: [], malformed: [], cursor: String(index), ...batch }
    },
  }
}

const given = (one: TestEvent): Identity => ({ ...identityOf(one), content: Number(one.gid) })

test('the identities that a source gives are those that are committed', async () => {
  const identities = events(3).map(given)
  const source = sourceOfBatches({ events: events(3), identities }, { events: [event(4)] })
  const { commits } = await run({ source, sink: destination() })
  expect(commits.flatMap(({ delivered }) => delivered)).toEqual([...identities, identityOf(event(4))])
})

test('where some events are left out, each of the others keeps its own identity', async () => {
  const source = sourceOfBatches(
    { events: [event(2)] },
    { events: events(4), identities: events(4).map(given), reread: 'healing' },
  )
  const map = (one: TestEvent): string => {
    if (one.gid === '3') throw new Error('no')
    return one.gid
  }
  const { commits } = await run({ source, sink: destination(), map })
  const delivered = commits.flatMap((commit) => commit.delivered)
  expect(delivered).toEqual([identityOf(event(2)), given(event(1)), given(event(4))])
})
