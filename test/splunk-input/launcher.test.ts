import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { schemeXml } from '../../packages/splunk-input/src/index.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { repository } from '../support/release/packed-packages.ts'
import { loginEvent, workspace } from '../support/servers/asana-server.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'
import type { Program } from '../support/splunkd/splunkd.ts'

// The launcher of the app, with the bundled input in the place of the program for x86-64.

const launcher = join(repository, 'packages/splunk-input/app/package/bin/asana_audit.py')
const noPython = spawnSync('python3', ['--version']).status !== 0
const noOtherMachine = spawnSync('setarch', ['i686', 'true']).status !== 0

interface App extends Program {
  /** A settings file as the page Configuration writes it. */
  setNode(path: string, folder?: 'default' | 'local'): void
}

function app(): App {
  const folder = join(temporaryFolder(), 'TA-asana-audit-input')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(launcher, join(folder, 'bin/asana_audit.py'))
  writeFileSync(join(folder, 'bin/asana-audit-scheme.xml'), schemeXml())
  const words = [inputProgram.path, ...inputProgram.args.slice(0, -1)].map((word) => `"${word}"`)
  script(join(folder, 'bin/asana-audit-linux-x64'), `exec ${words.join(' ')} "$@"`)
  return {
    ...{ path: 'python3', args: [join(folder, 'bin/asana_audit.py')] },
    setNode(path, where = 'local') {
      mkdirSync(join(folder, where), { recursive: true })
      const settings = `\ufeff[proxy]\nnode_path = /elsewhere\n\n[node]\nnode_path = ${path}\n`
      writeFileSync(join(folder, where, 'ta_asana_audit_input_settings.conf'), settings)
    },
  }
}

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
}

describe.skipIf(noPython)('the launcher', () => {
  test('starts the program in its own place, and the pid stays', async () => {
    const { splunkd, params } = await inputScene(5)
    const input = splunkd.start(app(), 'a', params)
    await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
    expect(await input.stop()).toBe(0)
    expect(input.stream.isClosed()).toBe(true)
  })

  test('keeps the pipe short: a quiet input notices after a few events that splunkd does not read', async () => {
    const { splunkd, params, events } = await inputScene(5)
    const input = splunkd.start(app(), 'a', params)
    await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
    input.block()
    // 28 kB, of which a usual pipe takes 64.
    for (let number = 5; number < 45; number += 1) events.push(loginEvent(number))
    await expect
      .poll(() => input.log())
      .toMatch(/^WARN asana_audit event="splunkd_blocked" .*code="splunkd_blocked" .*loses nothing/m)
    input.unblock()
    await expect.poll(() => splunkd.gids()).toEqual(firstGids(45))
    await expect.poll(() => input.log()).toMatch(/^INFO asana_audit event="splunkd_reads" /m)
    expect(await input.stop()).toBe(0)
  })

  test('answers for the scheme where nothing can be started', async () => {
    const { splunkd } = await inputScene(0)
    const broken = app()
    broken.setNode('/nowhere/node')
    expect(await splunkd.scheme(broken)).toBe(schemeXml())
  })

  test.skipIf(noOtherMachine)('on another machine than x86-64 says that a path of Node helps', async () => {
    const { splunkd, params } = await inputScene(5)
    const { path, args } = app()
    const other = { path: 'setarch', args: ['i686', path, ...args] }
    const sentence =
      /is for x86-64, and this machine is i686\. Install Node 22\.19 or later, and enter its path/
    const input = splunkd.start(other, 'a', params)
    await expect.poll(() => input.log()).toMatch(sentence)
    expect(input.log()).toContain(`event="not_started" input="a" workspace="${workspace}" code="not_started"`)
    expect(input.log()).not.toMatch(/session-[0-9a-f-]{36}/)
    // It waits, so that no interval makes a loop. Two others start and end while it does, and then the signal ends it.
    expect(await splunkd.validate(other, 'a', params)).toMatch(sentence)
    expect(await splunkd.scheme(other)).toBe(schemeXml())
    expect(input.child.exitCode).toBeNull()
    await input.stop()
    expect(input.child.signalCode).toBe('SIGTERM')
  })

  test.each([
    ['that is not there', undefined, /\/node cannot be started: No such file or directory.*Configuration/],
    ['that is too old', 'echo v20.11.1', /is Node 20\.11, and this app needs Node 22\.19 or later/],
    ['that is not Node', 'echo Python 3.9', /is not Node\. Correct its path/],
  ])('a Node %s is a sentence on the page', async (_, text, sentence) => {
    const { splunkd, params } = await inputScene(1)
    const wrong = app()
    const node = join(temporaryFolder(), 'node')
    if (text !== undefined) script(node, text)
    wrong.setNode(node)
    expect(await splunkd.validate(wrong, 'a', params)).toMatch(sentence)
  })

  test('a Node of the page goes before one that was deployed with the app', async () => {
    const { splunkd, params } = await inputScene(1)
    const both = app()
    both.setNode('/deployed/node', 'default')
    expect(await splunkd.validate(both, 'a', params)).toMatch(/^\/deployed\/node cannot be started/)
    both.setNode('/chosen/node')
    expect(await splunkd.validate(both, 'a', params)).toMatch(/^\/chosen\/node cannot be started/)
  })
})
