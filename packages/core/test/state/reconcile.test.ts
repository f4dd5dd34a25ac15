import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hourMs } from '../../src/duration.ts'
import type { LedgerKind } from '../../src/ledger-hour.ts'
import { hourOf, ledgerDelta } from '../../src/state/ledger.ts'
import { type ReconciledHour, reconcile } from '../../src/state/reconcile.ts'

type Entry = readonly [at: number, kind: LedgerKind, id: string]

function compared(source: readonly Entry[], ledger: readonly Entry[]): ReconciledHour[] {
  const [theirs, ours] = [source, ledger].map((entries) => {
    const delta = ledgerDelta()
    for (const entry of entries) delta.add(...entry)
    return delta.hours()
  })
  return reconcile(theirs ?? [], ours ?? [])
}

test('an hour begins with its first millisecond and ends before that of the next', () => {
  expect([0, 1, hourMs - 1, hourMs, -1].map(hourOf)).toEqual([0, 0, 0, hourMs, -hourMs])
})

test('hours come oldest first, also those one side alone has, with a count of each kind', () => {
  const source: Entry[] = [
    [2 * hourMs, 'delivered', 'a'],
    [2 * hourMs + 1, 'delivered', 'b'],
    [2 * hourMs + 2, 'delivered', 'c'],
    [2 * hourMs + 3, 'delivered', 'd'],
    [10 * hourMs, 'delivered', 'missing'],
  ]
  const ledger: Entry[] = [
    [2 * hourMs, 'delivered', 'a'],
    [2 * hourMs, 'delivered', 'd'],
    [2 * hourMs, 'quarantined', 'b'],
    [2 * hourMs, 'uncertain', 'c'],
    [hourMs, 'delivered', 'unknown'],
  ]
  const none = { source: 0, delivered: 0, quarantined: 0, uncertain: 0 }
  expect(compared(source, ledger)).toEqual([
    { ...none, hour: hourMs, delivered: 1, same: false, content: 'not_compared' },
    {
      ...{ hour: 2 * hourMs, source: 4, delivered: 2, quarantined: 1, uncertain: 1, same: true },
      content: 'not_recorded',
    },
    { ...none, hour: 10 * hourMs, source: 1, same: false, content: 'not_compared' },
  ])
})

test('an hour is the same exactly where every id is accounted for as often as Asana has it', () => {
  const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 })
  const kind = fc.constantFrom<LedgerKind>('delivered', 'quarantined', 'uncertain')
  fc.assert(
    fc.property(ids, ids, kind, (theirs, ours, kind) => {
      const [hour] = compared(
        theirs.map((id) => [7, 'delivered', id]),
        ours.map((id, index) => [index, index % 2 === 0 ? kind : 'delivered', id]),
      )
      expect(hour?.same).toBe(theirs.toSorted().join() === ours.toSorted().join())
    }),
  )
})

test('an hour with another number of events is not the same, even if the sums of the ids are equal', () => {
  const row = { hour: 0, kind: 'delivered', checksum: 5n } as const
  expect(reconcile([{ ...row, count: 1 }], [{ ...row, count: 2 }])).toMatchObject([{ same: false }])
  expect(reconcile([{ ...row, count: 1 }], [{ ...row, count: 1 }])).toMatchObject([{ same: true }])
})

test('nothing on either side is nothing', () => {
  expect(compared([], [])).toEqual([])
})

test('rows of one hour and kind, as a state may give them, are added up', () => {
  const entries: Entry[] = [
    [0, 'delivered', 'a'],
    [1, 'delivered', 'b'],
  ]
  const rows = entries.flatMap((entry) => {
    const delta = ledgerDelta()
    delta.add(...entry)
    return delta.hours()
  })
  const delta = ledgerDelta()
  for (const entry of entries) delta.add(...entry)
  expect(reconcile(delta.hours(), rows)).toEqual([
    { hour: 0, source: 2, delivered: 2, quarantined: 0, uncertain: 0, same: true, content: 'not_recorded' },
  ])
})

describe('what events hold', () => {
  type Held = readonly [kind: LedgerKind, id: string, content: number | undefined]

  function contentOf(source: readonly Held[], ledger: readonly Held[], form = 'x'): string | undefined {
    const [theirs, ours] = [source, ledger].map((held, side) => {
      const delta = ledgerDelta(side === 0 ? 'x' : form)
      for (const [kind, id, content] of held) delta.add(0, kind, id, content)
      return delta.hours()
    })
    return reconcile(theirs!, ours!)[0]?.content
  }
  const asana: Held[] = [
    ['delivered', 'a', 1],
    ['delivered', 'b', 2],
  ]

  test('is the same, over all kinds together', () => {
    expect(contentOf(asana, [asana[0]!, ['quarantined', 'b', 2]])).toBe('same')
  })

  test('was rewritten if one content is another', () => {
    expect(contentOf(asana, [asana[0]!, ['delivered', 'b', 3]])).toBe('rewritten')
  })

  test('is not known if one of them was not recorded', () => {
    expect(contentOf(asana, [asana[0]!, ['quarantined', 'b', undefined]])).toBe('not_recorded')
  })

  test('is not compared with that of another form, or if the ids differ', () => {
    expect(contentOf(asana, asana, 'y')).toBe('other_form')
    expect(contentOf(asana, [asana[0]!])).toBe('not_compared')
  })
})
