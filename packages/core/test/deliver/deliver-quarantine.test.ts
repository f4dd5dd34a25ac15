import type { Source } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import {
  destination,
  events,
  quarantine,
  run,
  sourceOf,
  type TestEvent,
} from '../support/scripted-delivery.ts'

describe('quarantine', () => {
  test('malformed events are quarantined in the transaction of their cursor', async () => {
    const source: Source<TestEvent> = {
      async *read() {
        yield { events: events(1), malformed: [{ raw: { gid: '9', x: 1 }, reason: 'no actor' }], cursor: 'a' }
      },
    }
    const { commits, result } = await run({ source, sink: destination() })
    expect(commits).toMatchObject([
      {
        cursor: 'a',
        delivered: [{ id: '1' }],
        quarantined: [{ kind: 'malformed', id: '9', code: 'not_an_event', event: { gid: '9', x: 1 } }],
      },
    ])
    expect(result).toEqual({ delivered: 1, quarantined: 1, repeats: 0 })
  })

  test('an event for which map throws is quarantined, and the others of its batch are delivered', async () => {
    const sink = destination()
    const { commits } = await run({
      source: sourceOf(events(5)),
      sink,
      map: ({ gid }) => {
        if (gid === '3') throw new Error('cannot')
        return gid
      },
    })
    expect(sink.accepted).toEqual(['1', '2', '4', '5'])
    expect(quarantine(commits)).toEqual(['3 malformed unmappable'])
  })
})
