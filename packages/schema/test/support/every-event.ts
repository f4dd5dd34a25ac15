import { describe, expect, test } from 'vitest'
import type { AuditLogEvent } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from './arbitrary-event.ts'
import { holds } from './holds.ts'
import { sameJson } from './same-json.ts'
import { viewEvents } from './view-events.ts'

export interface WholeView<View extends object> {
  readonly viewOf: (
    event: AuditLogEvent,
    options: { readonly workspace?: string; readonly observedTimestamp?: [number, number] },
  ) => View
  /** What a validator of the dialect finds. */
  readonly problemsOf: (view: View) => readonly string[]
  /** The event back from its view. */
  readonly eventIn: (view: View) => AuditLogEvent
}

/** Tests of a dialect that has the whole event in each view of it. */
export function everyEventIsValidAndWhole<View extends object>(dialect: WholeView<View>): void {
  const { viewOf, problemsOf, eventIn } = dialect

  describe('every event is valid and has the whole event', () => {
    test('for the samples', () => {
      expect(samples).toHaveLength(25)
      for (const sample of samples as AuditLogEvent[]) {
        const view = viewOf(sample, { workspace: '42' })
        expect(problemsOf(view)).toEqual([])
        expect(eventIn(view)).toEqual(sample)
      }
    })

    test('for known and unknown types, in every shape', () => {
      let count = 0
      for (const [what, one] of viewEvents()) {
        const view = viewOf(one, {})
        expect(problemsOf(view), what).toEqual([])
        expect(eventIn(view), what).toEqual(one)
        count += 1
      }
      expect(count).toBeGreaterThan(159 * 15)
    })

    test('for any event', () => {
      holds(arbitraryEvent, (one) => {
        const options = { workspace: '42', observedTimestamp: [1, 5] as [number, number] }
        const view = JSON.parse(JSON.stringify(viewOf(one, options))) as View
        return problemsOf(view).length === 0 && sameJson(eventIn(view), one)
      })
    })
  })
}
