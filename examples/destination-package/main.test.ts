import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../packages/simulator/src/index.ts'
import { exampleNode } from '../../test/support/example-node.ts'
import { listen } from '../../test/support/listen.ts'
import { packPackages, pnpm } from '../../test/support/packed-packages.ts'

const folder = mkdtempSync(join(tmpdir(), 'destination-package-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A project on its own, as a vendor has it: ours come from their tarballs. */
async function install(project: string, overrides: Record<string, string>): Promise<void> {
  writeFileSync(join(project, 'pnpm-workspace.yaml'), JSON.stringify({ packages: ['.'], overrides }))
  await pnpm(['install', '--prefer-offline'], project)
}

const program = `
import { asanaSource, deliver, memoryState } from '@asana-audit/core'
import { ingestSink } from 'my-destination'

const { ASANA_BASE_URL: baseUrl, WORKSPACE: workspace, INGEST_URL: url } = process.env
const source = asanaSource({ workspace, token: 'simulator-token', baseUrl, once: true, settledWindowMs: 0 })
const sink = ingestSink({ url, token: () => 'secret' })
console.log(await deliver({ pipeline: 'mine', state: memoryState(), source, map: (event) => event, sink }))
`

test('a copy of this folder installs, passes its tests, packs, and delivers from another project', async () => {
  const packed = await packPackages(folder)
  const ours = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))

  const copy = join(folder, 'my-destination')
  mkdirSync(copy)
  for (const part of ['package.json', 'tsconfig.json', 'README.md', 'src', 'test'])
    cpSync(join(import.meta.dirname, part), join(copy, part), { recursive: true })
  const manifest = readFileSync(join(copy, 'package.json'), 'utf8')
    .replace('"example-destination-package"', '"my-destination"')
    .replace('  "private": true,\n', '')
    .replaceAll('"workspace:^"', '"*"')
    .replace(/("typescript": )"catalog:"/, '$1"^7.0.2"')
    .replace(/("@types\/node": )"catalog:"/, '$1"^22.20.5"')
  writeFileSync(join(copy, 'package.json'), manifest)
  await install(copy, ours)
  const tests = ['--test', 'test/ingest-sink.test.ts']
  const { stdout } = await promisify(execFile)(exampleNode, tests, {
    cwd: copy,
    env: { PATH: process.env['PATH'] },
  })
  expect(stdout).toMatch(/pass 11\b/)
  expect(stdout).toMatch(/fail 0\b/)
  const { stdout: result } = await pnpm(['pack', '--json', '--pack-destination', folder], copy)
  const { filename, files } = JSON.parse(result.slice(result.indexOf('{'))) as {
    filename: string
    files: { path: string }[]
  }
  expect(files.map(({ path }) => path).sort()).toEqual(
    expect.arrayContaining(['README.md', 'dist/index.d.ts', 'dist/index.js', 'package.json']),
  )

  const user = join(folder, 'user')
  mkdirSync(user)
  const dependencies = { '@asana-audit/core': '*', 'my-destination': `file:${filename}` }
  writeFileSync(join(user, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  writeFileSync(join(user, 'main.js'), program)
  await install(user, ours)

  const simulator = await startSimulator({ events: 250 })
  onTestFinished(() => simulator.close())
  const gids: string[] = []
  const ingest = await listen(async (request, response) => {
    const events = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { gid: string }[]
    gids.push(...events.map(({ gid }) => gid))
    response.writeHead(202).end()
  })
  const env = { ASANA_BASE_URL: simulator.url, WORKSPACE: simulator.workspace, INGEST_URL: ingest }
  const run = await promisify(execFile)(exampleNode, ['main.js'], { cwd: user, env })
  expect(run.stdout).toBe('{ delivered: 250, quarantined: 0, repeats: 0 }\n')
  expect(gids).toEqual(simulator.events.map(({ gid }) => gid))
})
