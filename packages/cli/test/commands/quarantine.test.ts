import type { QuarantineEntry } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const event = (gid: string): object => ({
  gid,
  created_at: '2026-01-02T03:04:05.000Z',
  event_type: 'user_login_succeeded',
  actor: { actor_type: 'user', gid: '501', name: 'Ada' },
})
const entry = (gid: string, changes: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  ...{ kind: 'rejected', id: gid, code: 'bad_request', reason: 'The receiver refused it.' },
  event: event(gid),
  ...changes,
})

/** The environment of a command that looks into a new state with these entries. */
async function quarantined(entries: Readonly<Record<string, readonly QuarantineEntry[]>>) {
  const path = file(`${crypto.randomUUID()}.db`)
  const state = sqliteState({ path })
  for (const [pipeline, quarantined] of Object.entries(entries)) {
    const claim = await state.claim(pipeline)
    await (await claim.lane('live', 'f')).commit({ cursor: '{}', delivered: [], quarantined })
    await claim.release()
  }
  await state.close()
  return { ASANA_AUDIT_STATE: path, ASANA_TOKEN: 't', ASANA_WORKSPACE: '42' }
}

type Env = Awaited<ReturnType<typeof quarantined>>

const quarantine = (env: Env, ...args: string[]): Promise<Ran> => runCommand(['quarantine', ...args], env)

/** The ids in quarantine. */
async function left(env: Env): Promise<string[]> {
  const { stdout } = await quarantine(env, 'list', '--json')
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]))
}

describe('replay', () => {
  test('names the pipelines that the settings do not describe, and says how to describe them', async () => {
    const env = await quarantined({ '42 otlp': [entry('1')], acme: [entry('2'), entry('3')] })
    const { code, stdout, stderr } = await quarantine(env, 'replay', '--to', `file:${file('passed.jsonl')}`)
    expect(stdout).toBe('0 delivered and removed from the quarantine, 3 still in quarantine.\n')
    expect(stderr).toMatch(/! Not tried: 1 of "42 otlp"\. .*--config[\s\S]*! Not tried: 2 of "acme"\./)
    expect(code).toBe(3)
  })

  test('of one pipeline says nothing about the others', async () => {
    const env = await quarantined({ ours: [entry('1')], acme: [entry('2')] })
    const described = ['--name', 'ours', '--to', `file:${file('ours.jsonl')}`]
    const { code, stdout, stderr } = await quarantine(env, 'replay', ...described, '--pipeline', 'ours')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('1 delivered and removed from the quarantine, 0 still in quarantine')
  })

  test('into an archive waits for a person while "run" writes there, and says what to do', async () => {
    const env = await quarantined({ ours: [entry('1')] })
    const described = ['--name', 'ours', '--to', `archive:${file('archive')}`]
    const state = sqliteState({ path: env.ASANA_AUDIT_STATE })
    const claim = await state.claim('ours')
    const refused = await quarantine(env, 'replay', ...described)
    expect(refused.stderr).toContain('ours: Another process, such as "run", writes to this archive')
    expect(refused.stderr).toContain('Stop it, run this command again, then start it again.')
    expect([refused.code, await left(env)]).toEqual([1, ['1']])
    await claim.release()
    await state.close()
    const { code, stdout } = await quarantine(env, 'replay', ...described)
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 delivered and removed')])
    expect(await left(env)).toEqual([])
  })

  test('into an archive works beside a "run" that writes there if nothing is in quarantine', async () => {
    const env = await quarantined({ ours: [] })
    const state = sqliteState({ path: env.ASANA_AUDIT_STATE })
    await state.claim('ours')
    const { code, stderr } = await quarantine(
      ...([env, 'replay', '--name', 'ours', '--to', `archive:${file('quiet')}`] as const),
    )
    await state.close()
    expect([code, stderr]).toEqual([0, ''])
  })

  test('fails if nothing listens at the destination', async () => {
    const env = await quarantined({ '42 otlp': [entry('1'), entry('2')] })
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    const { code, stdout, stderr } = await quarantine({ ...env, ...endpoint }, 'replay', '--to', 'otlp')
    expect(stderr).toContain('42 otlp: Nothing accepts connections')
    expect(stdout).toContain('0 delivered and removed from the quarantine, 2 still in quarantine')
    expect(code).toBe(1)
  })
})

describe('discard', () => {
  test('removes the named entries without sending them, and says which', async () => {
    const uncertain = entry('2', { kind: 'uncertain' })
    const env = await quarantined({ main: [entry('1'), uncertain, entry('3')], acme: [entry('4')] })
    const { code, stdout, stderr } = await quarantine(env, 'discard', '2', '4', '2')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe('✓ 2  main  uncertain  gid 2  discarded\n✓ 4  acme  rejected  gid 4  discarded\n')
    expect(await left(env)).toEqual(['1', '3'])
    const ledger = sqliteState({ path: env.ASANA_AUDIT_STATE })
    const hours = await ledger.ledger('main', 0, Number.MAX_SAFE_INTEGER)
    await ledger.close()
    expect(hours.filter(({ count }) => count > 0)).toMatchObject([
      { kind: 'delivered', count: 1 },
      { kind: 'quarantined', count: 2 },
    ])
  })

  test('removes nothing if one of the named entries does not exist, and says which', async () => {
    const env = await quarantined({ main: [entry('1')] })
    const { code, stdout, stderr } = await quarantine(env, 'discard', '1', '7', 'one')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('There are no entries 7, one in the quarantine, so nothing was discarded')
    expect(await left(env)).toEqual(['1'])
  })

  test('needs a number and a state, and its help begins with an example', async () => {
    const env = { ...(await quarantined({})), ASANA_AUDIT_STATE: file('mistyped.db') }
    expect((await quarantine(env, 'discard', '1')).code).toBe(2)
    expect((await quarantine(env, 'discard')).code).toBe(2)
    const { stdout } = await quarantine(env, 'discard', '--help')
    expect(stdout).toMatch(/^Examples:\n {2}asana-audit quarantine discard 1\n/)
  })
})

describe('hostile text in an entry', () => {
  /** Clears the screen, with eight bits too; turns the direction of writing; begins a line. */
  const hostile = '\u001b[2J\u009b2J\u202e\u2028\u007f'
  const control = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e]/u

  test('does nothing to a terminal, in every form of output', async () => {
    const some = {
      ...entry(`7${hostile}`),
      reason: `It has no ${hostile}`,
      event: { ...event('7'), name: hostile },
    }
    const env = await quarantined({ main: [some, { ...some, event: 'not an event' }] })
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['show', '1'],
      ['show', '1', '--json'],
      ['replay', '--name', 'main', '--to', `file:${file('hostile.jsonl')}`],
    ]) {
      const { stdout } = await quarantine(env, ...args)
      expect(stdout).toContain('7')
      expect(stdout, args.join(' ')).not.toMatch(control)
    }
  })

  test('is still whole in JSON', async () => {
    const env = await quarantined({ main: [{ ...entry('7'), event: { ...event('7'), name: hostile } }] })
    const shown = await quarantine(env, 'show', '1', '--json')
    expect(JSON.parse(shown.stdout)).toMatchObject({ event: { name: hostile } })
    const { stdout } = await quarantine(env, 'show', '1')
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ name: hostile })
  })
})
