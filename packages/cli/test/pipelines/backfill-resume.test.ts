import { asanaBackfillCursor, asanaCursorAt, backlogLeft } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import { isWider } from '../../src/pipelines/backfill/begun-range.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The start of an hour this many days ago. */
const ago = (days: number): string =>
  new Date(Math.floor(Date.now() / hourMs) * hourMs - days * dayMs).toISOString()

/** Leaves an interrupted backfill that has this range to read. */
async function interrupted({ file }: TestPipeline, name: string, from: string, until: string): Promise<void> {
  const state = sqliteState({ path: file('state.db') })
  const claim = await state.claim(name)
  await claim.rewind('backfill', asanaBackfillCursor(from, until), Date.parse(from))
  await claim.release()
  await state.close()
}

async function leftIn({ file }: TestPipeline) {
  const state = sqliteState({ path: file('state.db') })
  const [row] = await state.lanes().finally(() => state.close())
  return row && backlogLeft(row.cursor)
}

describe('backfill --dry-run --resume', () => {
  test('estimates what the interrupted backfill has not read, and not the range that is asked for', async () => {
    await using pipeline = await testPipeline({ events: 3_000, days: 20 })
    const { command, delivered } = pipeline
    const [from, until] = [ago(4), ago(2)]
    await interrupted(pipeline, 'main', from, until)
    const dry = ['backfill', '--name', 'main', '--since', '20d', '--dry-run'] as const
    const { code, stdout, stderr } = await command(...dry, '--resume', '--json')
    expect([code, stderr]).toEqual([0, expect.stringContaining('--resume ignores since and until')])
    const rest = JSON.parse(stdout)
    expect(rest).toMatchObject({ pipeline: 'main', since: from, until })
    const whole = JSON.parse((await command(...dry, '--restart', '--json')).stdout)
    expect(rest.events).toBeLessThan(whole.events / 3)
    const shown = await command('backfill', '--name', 'main', '--dry-run', '--resume')
    expect(shown.stdout).toContain('only what the interrupted backfill has not read yet')
    expect(shown.stdout).toContain('Leave out --dry-run to continue.')
    expect([delivered(), await leftIn(pipeline)]).toEqual([[], { from, until }])
  })

  test('is refused where there is nothing to resume, as without --dry-run', async () => {
    await using pipeline = await testPipeline({ events: 100, days: 20 })
    const { simulator, command } = pipeline
    const never = await command('backfill', '--dry-run', '--resume')
    expect([never.code, never.stdout, never.stderr]).toEqual([2, '', expect.stringContaining('has begun')])
    await command('backfill', '--since', ago(10), '--until', ago(5))
    const before = simulator.stats.requests
    const finished = await command('backfill', '--dry-run', '--resume')
    expect([finished.code, finished.stdout]).toEqual([0, ''])
    expect(finished.stderr).toContain('is finished')
    expect(simulator.stats.requests).toBe(before)
  })
})

describe('backfill --resume after a first run that began meanwhile counts each event once', () => {
  /** Where a backfill was interrupted, between two hours. */
  const reached = new Date(Date.parse(ago(6)) + hourMs / 2).toISOString()

  /** Leaves a backfill of the last ten days that has delivered nothing and was interrupted at `reached`, and other positions. */
  async function interruptedAt(
    { file }: TestPipeline,
    others: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const state = sqliteState({ path: file('state.db') })
    const claim = await state.claim('main')
    const position = { startAt: ago(10), newest: reached, until: ago(0) }
    await claim.rewind('backfill', JSON.stringify({ v: 'backfill-1', ...position }), Date.parse(ago(6)))
    for (const [lane, cursor] of Object.entries(others))
      await claim.rewind(lane, cursor, Number.MAX_SAFE_INTEGER)
    await claim.release()
    await state.close()
  }

  test('if that run has delivered all', async () => {
    await using pipeline = await testPipeline({ events: 1_000, days: 20 })
    const { command } = pipeline
    await interruptedAt(pipeline)
    expect((await command('run', '--once', '--name', 'main')).code).toBe(0)
    const resumed = await command('backfill', '--resume', '--name', 'main')
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    const verified = await command('verify', '--name', 'main')
    expect(verified, verified.stdout).toMatchObject({ code: 0 })
    expect(await leftIn(pipeline)).toBeUndefined()
  })

  test('if that run has not read as far as the end of the backfill', async () => {
    await using pipeline = await testPipeline({ events: 1_000, days: 20 })
    const { command, simulator, delivered } = pipeline
    await interruptedAt(pipeline, {
      backlog: asanaBackfillCursor(ago(3), ago(1)),
      live: asanaCursorAt(ago(1)),
    })
    const resumed = await command('backfill', '--resume', '--name', 'main')
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 })
    expect((await command('run', '--once', '--name', 'main')).code).toBe(0)
    const from = ago(6)
    const asked = simulator.events.filter(({ created_at: at }) => at >= from).map(({ gid }) => gid)
    expect(delivered().toSorted()).toEqual(asked.toSorted())
    const verified = await command('verify', '--name', 'main')
    expect(verified, verified.stdout).toMatchObject({ code: 0 })
  })

  test('if that run has not read as far as the backfill, which then leaves the rest to it', async () => {
    await using pipeline = await testPipeline({ events: 1_000, days: 20 })
    const { command, delivered } = pipeline
    await interruptedAt(pipeline, {
      backlog: asanaBackfillCursor(ago(8), ago(1)),
      live: asanaCursorAt(ago(1)),
    })
    const resumed = await command('backfill', '--resume', '--name', 'main')
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('continues from there') })
    expect(delivered()).toEqual([])
  })
})

describe('backfill --resume after a finished backfill', () => {
  test('that did not have all that is asked for is refused, and says what to do', async () => {
    await using pipeline = await testPipeline({ events: 300, days: 20 })
    const { command, delivered } = pipeline
    const [since, until] = [ago(10), ago(5)]
    const range = ['--since', since, '--until', until] as const
    await command('backfill', ...range)
    const before = delivered()
    for (const other of [
      ['--since', ago(15), '--until', until],
      ['--since', since, '--until', ago(3)],
    ]) {
      const { code, stderr } = await command('backfill', '--resume', ...other, '--log', 'human')
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`from ${since} up to ${until}, is finished`),
      ])
      expect(stderr).toContain(`from ${other[1]} up to ${other[3]}, and it was not sent`)
      expect(stderr).toContain('To send it, leave out --resume.')
    }
    for (const part of [range, ['--since', ago(9)], ['--until', ago(6)]]) {
      const { code, stderr } = await command('backfill', '--resume', ...part, '--log', 'human')
      expect([code, stderr]).toEqual([0, expect.stringContaining('Nothing was sent.')])
    }
    expect(delivered()).toEqual(before)
  })
})

describe('a range is wider than that of a finished backfill', () => {
  const begun = { since: '2026-03-01T10:00:00.000Z', until: '2026-03-02T09:30:00.000Z' }
  const end = '2026-03-02T10:00:00.000Z'

  test.each([
    [{}, begun, false],
    [begun, begun, false],
    [{ since: '2026-03-01T10:59:00.000Z' }, begun, false],
    [{ since: '2026-03-01T09:59:00.000Z' }, begun, true],
    [{ until: '2026-03-02T10:00:00.000Z' }, begun, false],
    [{ until: '2026-03-02T10:00:00.001Z' }, begun, true],
    // That one went up to the time when it began.
    [{ until: '2026-03-02T10:30:00.000Z' }, { since: begun.since }, true],
    // From the oldest event.
    [{ since: '2025-12-01T00:00:00.000Z' }, { until: begun.until }, false],
    // Its range is not known.
    [{ since: '2025-12-01T00:00:00.000Z', until: end }, undefined, false],
    [{ until: '2026-03-03T00:00:00.000Z' }, undefined, true],
  ])('%j beside %j: %s', (asked, range, expected) => {
    expect(isWider(asked, range, end)).toBe(expected)
  })
})
