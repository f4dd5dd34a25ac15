import { hourMs, openEnd, type ReconciledHour } from '@asana-audit/core/ledger'
import { describe, expect, test } from 'vitest'
import type { LeftOut } from '../../../src/pipelines/verify/verify-limits.ts'
import type { Verified } from '../../../src/pipelines/verify/verify-pipeline.ts'
import { resultOf, verifiedLines, verifyJson } from '../../../src/pipelines/verify/verify-report.ts'

const noon = Date.parse('2026-05-10T12:00:00Z')
const none = { delivered: 0, quarantined: 0, uncertain: 0, content: 'same' as const }

function hour(at: number, counts: Partial<ReconciledHour>): ReconciledHour {
  return { ...none, hour: noon + at * hourMs, source: 0, same: true, ...counts }
}

function verified(more: Partial<Verified>): Verified {
  const compared = [{ from: noon, until: noon + 3 * hourMs }]
  return { pipeline: 'p', compared, hours: [], leftOut: [], ...more }
}

const textOf = (one: Verified): string[] => verifiedLines(one).map(({ text }) => text)
const keptLine = '  Not compared: what the destination kept of what it accepted.'

describe('the result', () => {
  test('is the same only if every hour is', () => {
    const [good, bad] = [hour(0, { source: 1, delivered: 1 }), hour(1, { source: 1, same: false })]
    expect(resultOf(verified({ hours: [good] }))).toBe('same')
    expect(resultOf(verified({ hours: [good, bad] }))).toBe('different')
    expect(resultOf(verified({ compared: [], hours: [] }))).toBe('nothing_compared')
  })

  test('is another one if Asana has rewritten an event, and not if what events hold cannot be compared', () => {
    const rewritten = hour(0, { source: 1, delivered: 1, content: 'rewritten' })
    expect(resultOf(verified({ hours: [rewritten] }))).toBe('different')
    expect(textOf(verified({ hours: [rewritten] }))[1]).toContain('Asana has rewritten one or more of them')
    for (const content of ['not_recorded', 'other_form'] as const)
      expect(resultOf(verified({ hours: [hour(0, { content })] }))).toBe('same')
  })
})

describe('uncertain events', () => {
  const good = hour(0, { source: 1, delivered: 1 })
  const uncertain = hour(1, { source: 40, delivered: 1, uncertain: 39 })

  test('are a result of their own, unless an hour differs', () => {
    expect(resultOf(verified({ hours: [good, uncertain] }))).toBe('uncertain')
    const bad = hour(2, { source: 1, same: false })
    expect(resultOf(verified({ hours: [good, uncertain, bad] }))).toBe('different')
  })

  test('get no check mark, and a line that says how to find out', () => {
    const [head, step] = textOf(verified({ hours: [good, uncertain] }))
    expect(head).toMatch(/^! p: Asana shows 41 events now, .* accepted 2 of them; 39 are uncertain, in/)
    expect(step).toMatch(/^ {2}The 39 uncertain events may be missing: .* quarantine list/)
    for (const command of ['discard', 'replay --uncertain'])
      expect(step).toContain(`asana-audit quarantine ${command}`)
  })
})

describe('for a person', () => {
  test('equal ids are reported as a result of our ledger, with the number of hours', () => {
    const hours = [hour(0, { source: 1_200, delivered: 1_200 }), hour(1, { source: 34, delivered: 34 })]
    expect(textOf(verified({ hours }))).toEqual([
      '✓ p: Asana shows 1,234 events now, and by our ledger the destination accepted exactly these, in 3 hours from 2026-05-10T12:00:00Z to 2026-05-10T15:00:00Z.',
      keptLine,
    ])
  })

  test('a single hour and event are in the singular', () => {
    const compared = [{ from: noon, until: noon + hourMs }]
    const [head] = textOf(verified({ compared, hours: [hour(0, { source: 1, delivered: 1 })] }))
    expect(head).toContain('Asana shows 1 event now')
    expect(head).toContain('in 1 hour from')
  })

  test('the hours of several ranges are added up', () => {
    const compared = [
      { from: noon, until: noon + hourMs },
      { from: noon + 5 * hourMs, until: noon + 7 * hourMs },
    ]
    expect(textOf(verified({ compared }))[0]).toContain(
      'in 3 hours from 2026-05-10T12:00:00Z to 2026-05-10T19:00:00Z',
    )
  })

  test.each([
    [
      { delivered: 7, quarantined: 2, uncertain: 1 },
      '7 of them; 2 of them are in quarantine and 1 is uncertain',
    ],
    [{ delivered: 8, quarantined: 2 }, '8 of them; 2 of them are in quarantine'],
    [{ delivered: 9, uncertain: 1 }, '9 of them; 1 is uncertain'],
  ])('events in quarantine are not reported as accepted: %j', (counts, words) => {
    const [head] = textOf(verified({ hours: [hour(0, { source: 10, ...counts })] }))
    expect(head).toContain(`the destination accepted ${words}, in`)
  })

  test('each hour that differs has a line, with what is wrong', () => {
    const hours = [
      hour(0, { source: 1, delivered: 1 }),
      hour(1, { source: 9, delivered: 4, quarantined: 2, uncertain: 1, same: false }),
      hour(2, { source: 1, delivered: 3, same: false }),
      hour(3, { source: 2, delivered: 2, same: false }),
    ]
    expect(verifiedLines(verified({ hours }))).toEqual([
      {
        text: '✗ p: in 3 of 3 hours from 2026-05-10T12:00:00Z to 2026-05-10T15:00:00Z, what Asana shows now is not what the destination accepted:',
        indent: 2,
      },
      {
        text: '    2026-05-10T13:00:00Z  Asana shows 9, accepted 4, in quarantine 2, uncertain 1: 2 missing',
        indent: 6,
      },
      {
        text: '    2026-05-10T14:00:00Z  Asana shows 1, accepted 3, in quarantine 0, uncertain 0: 2 that Asana does not show',
        indent: 6,
      },
      {
        text: '    2026-05-10T15:00:00Z  Asana shows 2, accepted 2, in quarantine 0, uncertain 0: other ids',
        indent: 6,
      },
      { text: expect.stringMatching(/^ {2}The uncertain event may be missing: /), indent: 4 },
      { text: keptLine, indent: 4 },
    ])
  })

  const reasons: [LeftOut, string][] = [
    [
      { code: 'not_asked_for', from: noon, until: noon + hourMs },
      'from 2026-05-10T12:00:00Z to 2026-05-10T13:00:00Z, which no run and no backfill was asked for',
    ],
    [
      { code: 'deleted_by_asana', until: noon },
      'before 2026-05-10T12:00:00Z, which Asana deletes after 90 days',
    ],
    [
      { code: 'not_read_yet', from: noon },
      'from 2026-05-10T12:00:00Z on, where a backlog or a backfill is not finished yet',
    ],
    [
      { code: 'late_events_may_come', from: noon },
      'from 2026-05-10T12:00:00Z on, where late events may still appear',
    ],
  ]
  test.each(reasons)('%j is reported as "%s"', (leftOut, words) => {
    expect(textOf(verified({ leftOut: [leftOut] }))[1]).toBe(`${keptLine.slice(0, -1)}; ${words}.`)
  })

  test('if nothing was compared, the reasons are given', () => {
    const nothing = (...leftOut: LeftOut[]): string[] => textOf(verified({ compared: [], leftOut }))
    expect(nothing({ code: 'nothing_delivered', others: [] })).toEqual([
      '! p: nothing was compared: nothing has been delivered yet.',
    ])
    expect(nothing({ code: 'nothing_delivered', others: ['a', 'b'] })).toEqual([
      '! p: nothing was compared: nothing has been delivered yet by this pipeline; the state holds "a", "b", which --name names, or the --workspace and --to it runs with.',
    ])
    expect(nothing({ code: 'nothing_since_rewind', from: noon })).toEqual([
      '! p: nothing was compared: nothing has been delivered since `state rewind`, and what was accepted before it is not counted any more; the next run delivers again, from 2026-05-10T12:00:00Z on.',
    ])
    expect(nothing()).toEqual(['! p: nothing was compared: the window is empty.'])
    const [both] = nothing({ code: 'deleted_by_asana', until: noon }, { code: 'not_read_yet', from: noon })
    expect(both).toMatch(/^! p: nothing was compared: before .+; from .+ yet\.$/)
  })
})

test('in JSON, times are RFC 3339, an open end is left out, and each reason has its sentence', () => {
  const hours = [hour(0, { source: 1, delivered: 1 })]
  const json = verifyJson(
    verified({
      hours,
      compared: [{ from: noon, until: openEnd }],
      leftOut: [{ code: 'deleted_by_asana', until: noon }],
    }),
  )
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    pipeline: 'p',
    result: 'same',
    between: 'what Asana shows now, and what the destination accepted by the ledger of the state',
    compared: [{ from: '2026-05-10T12:00:00.000Z' }],
    hours: [{ ...hours[0], hour: '2026-05-10T12:00:00.000Z' }],
    notCompared: [
      { code: 'kept_by_destination', message: 'what the destination kept of what it accepted' },
      {
        code: 'deleted_by_asana',
        until: '2026-05-10T12:00:00.000Z',
        message: 'before 2026-05-10T12:00:00Z, which Asana deletes after 90 days',
      },
    ],
  })
})
