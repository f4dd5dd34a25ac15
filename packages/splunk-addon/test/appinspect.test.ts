import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { requirePythonTool, testWithPython } from '../../../test/support/commands/python-suite.ts'
import { addonFiles, addonId, addonVersion } from '../src/addon-files.ts'
import { packageAddon } from '../src/package-addon.ts'

interface Report {
  readonly summary: Readonly<Record<string, number>>
  readonly reports: readonly { readonly groups: readonly { readonly checks: readonly Check[] }[] }[]
}

interface Check {
  readonly name: string
  readonly result: string
  readonly messages: readonly { readonly message: string }[]
}

/** What Splunk AppInspect says about the files, as an archive. */
async function inspect(files: ReadonlyMap<string, string>, tags: readonly string[]): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'asana-addon-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [archive, output] = [join(folder, `${addonId}-${addonVersion}.tgz`), join(folder, 'report.json')]
  await writeFile(archive, await packageAddon(addonId, files))
  const options = ['--mode', 'precert', '--data-format', 'json', '--output-file', output]
  for (const tag of tags) options.push('--included-tags', tag)
  await promisify(execFile)(requirePythonTool('splunk-appinspect'), ['inspect', archive, ...options])
  return JSON.parse(await readFile(output, 'utf8')) as Report
}

function complaints({ reports }: Report): string[] {
  const checks = reports.flatMap(({ groups }) => groups.flatMap(({ checks }) => checks))
  const fine = ['success', 'not_applicable', 'skipped', 'manual_check']
  const loud = checks.filter(({ result }) => !fine.includes(result))
  return loud.map(
    ({ name, result, messages }) => `${result} ${name}: ${messages.map((one) => one.message).join(' ')}`,
  )
}

const testAppInspect = testWithPython('splunk-appinspect')

testAppInspect(
  'AppInspect has no error, no failure and no warning for any kind of Splunk Cloud',
  async () => {
    const report = await inspect(addonFiles(), ['cloud', 'private_victoria', 'private_classic', 'future'])
    expect(complaints(report)).toEqual([])
    expect(report.summary).toMatchObject({ error: 0, failure: 0, warning: 0 })
    expect(report.summary['success']).toBeGreaterThan(90)
  },
)

testAppInspect('AppInspect would say so if the add-on opened an input of its own', async () => {
  const files = new Map([...addonFiles(), ['default/inputs.conf', '[http://asana]\ntoken = 1\n']])
  expect(complaints(await inspect(files, ['cloud'])).join()).toMatch(/failure check_.*inputs/)
})
