import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../packages/simulator/src/index.ts'
import { exampleNode } from '../../test/support/pages/example-node.ts'
import { packPackages, pnpm, repository } from '../../test/support/release/packed-packages.ts'
import { listen } from '../../test/support/servers/listen.ts'

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

/** The commands of the README, block by block. */
function shellBlocks(): string[] {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  return [...readme.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, commands = '']) => commands)
}

test('a copy of this folder installs, passes its tests and packs as the README says, and delivers from another project', async () => {
  const packed = await packPackages(folder)
  const ours = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))

  const [copying = '', published = '', packedHere = '', using = ''] = shellBlocks()
  // What is on no registry cannot be installed from there, so of the versions only those of others.
  const [ofOthers = ''] = published.split('\n')
  const words = [copying, ofOthers, packedHere, using].join('\n')
  // Where the registry is behind a proxy with a certificate of its own, npm needs it as any other program does.
  const { NODE_EXTRA_CA_CERTS } = process.env
  const { stdout } = await promisify(execFile)('sh', ['-euc', words], {
    cwd: repository,
    maxBuffer: 2 ** 26,
    env: {
      PATH: [dirname(exampleNode), process.env['PATH']].join(delimiter),
      HOME: folder,
      PACKED: folder,
      npm_config_cache: join(homedir(), '.npm'),
      npm_config_prefer_offline: 'true',
      ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }),
    },
  })
  expect(stdout).toMatch(/pass 11\b/)
  expect(stdout).toMatch(/fail 0\b/)
  const copy = join(folder, 'my-destination')
  expect(readdirSync(copy)).not.toContain('main.test.ts')
  const tarball = join(copy, 'my-destination-0.1.0.tgz')
  const { stdout: list } = await promisify(execFile)('tar', ['tzf', tarball])
  expect(list.trimEnd().split('\n').sort()).toEqual(
    [
      'README.md',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/ingest-sink.d.ts',
      'dist/ingest-sink.js',
      'package.json',
    ].map((name) => `package/${name}`),
  )

  const user = join(folder, 'user')
  mkdirSync(user)
  const dependencies = { '@asana-audit/core': '*', 'my-destination': `file:${tarball}` }
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
