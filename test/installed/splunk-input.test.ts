import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { buildExecutable, type Executable } from '../../scripts/executable/build-executable.ts'
import { version } from '../../scripts/release/artifacts.ts'
import { sha256 } from '../../scripts/release/sha256.ts'
import { buildApp } from '../../scripts/splunk-input/build-app.ts'
import { uccTools } from '../../scripts/ucc/location.ts'
import { requirePythonTool } from '../support/commands/python-suite.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { readListOfParts } from '../support/release/list-of-parts.ts'
import { describeRelease } from '../support/release/release-suite.ts'
import { loginEvent } from '../support/servers/asana-server.ts'
import { installApp } from '../support/splunkd/installed-app.ts'
import { firstGids, inputScene } from '../support/splunkd/scene.ts'

// The app as Splunk installs it: built, unpacked, and started by its launcher.

describeRelease('the Splunk add-on that polls', (folder) => {
  let archive: string
  let executable: Executable
  beforeAll(async () => {
    archive = join(folder, 'app.tgz')
    const ucc = uccTools(process.env)
    if (!ucc) throw new Error("Splunk's framework for add-ons is not here: run `pnpm setup:ucc`.")
    executable = await buildExecutable(join(folder, 'asana-audit'))
    await buildApp(archive, { ucc, executable, version })
  }, 1_800_000)

  test('the app fits into the 128 MB that Splunk Cloud allows for a private app', () => {
    expect(statSync(archive).size).toBeLessThan(128 * 1024 * 1024)
  })

  test('built again it is the same, byte for byte', async () => {
    const ucc = uccTools(process.env) ?? ''
    const again = join(folder, 'again.tgz')
    await buildApp(again, { ucc, executable, version })
    expect(await sha256(again)).toBe(await sha256(archive))
    expect(readFileSync(`${again}.cdx.json`, 'utf8')).toBe(readFileSync(`${archive}.cdx.json`, 'utf8'))
  }, 600_000)

  test('its list of parts has Node, the packages of the command, and the Python libraries of the pages', async () => {
    const { metadata, components = [] } = await readListOfParts(`${archive}.cdx.json`)
    expect(metadata.component).toMatchObject({ name: 'TA-asana-audit-input', version })
    expect(metadata.component.hashes[0].content).toBe(await sha256(archive))
    const names = components.map(({ purl }) => purl.replace(/@[^@]*$/, ''))
    for (const name of ['pkg:generic/node', 'pkg:npm/undici', 'pkg:pypi/solnlib', 'pkg:pypi/splunktaucclib'])
      expect(names).toContain(name)
    expect(names).toContain('pkg:pypi/splunk-add-on-ucc-framework')
    const apps = temporaryFolder()
    await installApp(archive, apps)
    const libraries = readdirSync(join(apps, 'TA-asana-audit-input/lib')).filter((name) =>
      name.endsWith('.dist-info'),
    )
    expect(names.filter((name) => name.startsWith('pkg:pypi/'))).toHaveLength(libraries.length + 1)
  })

  test('splunkd finds the scheme and accepts a good input; a wrong one is a sentence on the page', async () => {
    const program = await installApp(archive, temporaryFolder())
    const { splunkd, params } = await inputScene(3)
    expect(await splunkd.scheme(program)).toContain('<streaming_mode>xml</streaming_mode>')
    expect(await splunkd.validate(program, 'a', params)).toBeUndefined()
    expect(await splunkd.validate(program, 'a', { ...params, account: 'nobody' })).toMatch(/no token/)
  })

  test('an update of the app in place, and a kill, go on without a gap', async () => {
    const apps = temporaryFolder()
    const { splunkd, params, events } = await inputScene(100)
    const first = splunkd.start(await installApp(archive, apps), 'a', params)
    await expect.poll(() => splunkd.gids().length).toBe(100)
    const { pid } = first.child
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]).toMatch(/bin\/asana-audit-linux-x64$/)
    expect(await first.stop()).toBe(0)
    for (let number = 100; number < 150; number += 1) events.push(loginEvent(number))
    const updated = await installApp(archive, apps)
    const second = splunkd.start(updated, 'a', params)
    await expect.poll(() => new Set(splunkd.gids()).size).toBe(150)
    await second.kill()
    splunkd.lose(0)
    const third = splunkd.start(updated, 'a', params)
    await expect.poll(() => splunkd.gids()).toEqual(firstGids(150))
    expect(await third.stop()).toBe(0)
    expect(third.stream.problem()).toBeUndefined()
  })

  test('where a Node is configured, that one runs the bundle', async () => {
    const apps = temporaryFolder()
    const program = await installApp(archive, apps)
    const local = join(apps, 'TA-asana-audit-input/local')
    mkdirSync(local)
    const settings = join(local, 'ta_asana_audit_input_settings.conf')
    writeFileSync(settings, `[proxy]\nproxy_enabled = 0\n\n[node]\nnode_path = ${process.execPath}\n`)
    const { splunkd, params } = await inputScene(5)
    const input = splunkd.start(program, 'a', params)
    await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
    const words = readFileSync(`/proc/${input.child.pid}/cmdline`, 'utf8').split('\0')
    expect(words).toContain(join(apps, 'TA-asana-audit-input/bin/asana-audit/bundle/bin.js'))
    expect(await input.stop()).toBe(0)
    writeFileSync(settings, '[node]\nnode_path = /nowhere/node\n')
    expect(await splunkd.validate(program, 'a', params)).toMatch(/\/nowhere\/node cannot be started/)
  })

  /** AppInspect needs minutes for a program of this size. */
  const slow = { timeout: 1_800_000 }

  interface Report {
    readonly summary: Readonly<Record<string, number>>
    readonly reports: readonly {
      readonly groups: readonly {
        readonly checks: readonly { readonly name: string; readonly result: string }[]
      }[]
    }[]
  }

  async function inspect(tags: readonly string[]): Promise<Report> {
    const output = join(folder, `report-${tags.join('-')}.json`)
    const options = ['--mode', 'precert', '--data-format', 'json', '--output-file', output]
    for (const tag of tags) options.push('--included-tags', tag)
    const named = join(folder, `TA-asana-audit-input-${version}.tgz`)
    await promisify(execFile)('cp', [archive, named])
    await promisify(execFile)(requirePythonTool('splunk-appinspect'), ['inspect', named, ...options])
    return JSON.parse(readFileSync(output, 'utf8')) as Report
  }

  /** What Splunk refuses, or looks at by hand. */
  const failures = ({ reports }: Report): string[] =>
    reports
      .flatMap(({ groups }) => groups.flatMap(({ checks }) => checks))
      .flatMap(({ name, result }) => (['failure', 'error', 'manual_check'].includes(result) ? [name] : []))

  test('AppInspect has no failure and no manual check for Splunk Cloud', slow, async () => {
    const report = await inspect(['cloud', 'private_victoria'])
    expect(failures(report)).toEqual([])
    expect(report.summary).toMatchObject({ error: 0, failure: 0, future_failure: 0 })
    expect(report.summary['success']).toBeGreaterThan(90)
  })

  test('AppInspect has one failure in all its checks: the program is for x86-64 alone', slow, async () => {
    expect(failures(await inspect([]))).toEqual(['check_aarch64_compatibility'])
  })
})
