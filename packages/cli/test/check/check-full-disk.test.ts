import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { noSmallDisk, smallDisk } from '../../../../test/support/commands/full-disk.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { testPipeline } from '../support/test-pipeline.ts'

test.skipIf(noSmallDisk)(
  'check says that the disk of the state is full, before the first run and after it, until there is room',
  async () => {
    await using pipeline = await testPipeline({ events: 3 })
    const disk = await smallDisk()
    const state = ['--state', `${disk.path}/state.db`, '--to', 'stdout']
    const check = (): Promise<Ran> => runCommand(['check', ...state, '--json'], pipeline.env, disk.inside)
    const stateIn = ({ stdout }: Ran) =>
      JSON.parse(stdout).find(({ what }: { what: string }) => what === 'state')

    disk.fill(100_000)
    const before = await check()
    expect([before.code, stateIn(before)]).toMatchObject([1, { ok: false, code: 'disk_full' }])
    expect(stateIn(before).message).toContain('Free some disk space')
    disk.free()
    expect((await check()).code).toBe(0)

    await runCommand(['run', '--once', ...state], pipeline.env, disk.inside)
    disk.fill(100_000)
    const after = await check()
    expect([after.code, stateIn(after)]).toMatchObject([1, { ok: false, code: 'disk_full' }])
    disk.free()
    const again = await check()
    expect([again.code, stateIn(again)]).toMatchObject([0, { ok: true }])
  },
)

test('check leaves nothing behind where the first run will make the state', async () => {
  await using pipeline = await testPipeline({ events: 3 })
  const { code, stdout } = await runCommand(['check', '--to', 'stdout'], pipeline.env)
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining('does not exist yet. The first run creates it.'),
  ])
  expect(readdirSync(pipeline.file('.'))).toEqual([])
})
