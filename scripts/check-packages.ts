/**
 * Packs every package as it would be published and checks the tarballs: publint for the manifest, attw for the types.
 * Nothing is published. Part of `pnpm test`, after the build.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..')
const folder = await mkdtemp(join(tmpdir(), 'asana-audit-pack-'))

interface Manifest {
  name: string
  exports?: unknown
  dependencies?: Record<string, string>
}

/** The problems of a package; empty for a good one. */
async function check(path: string): Promise<string[]> {
  const problems: string[] = []
  const { stdout } = await execute('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd: path })
  const { filename } = JSON.parse(stdout) as { filename: string }
  const { stdout: packed } = await execute('tar', ['-xOf', filename, 'package/package.json'])
  const manifest = JSON.parse(packed) as Manifest
  const { stdout: list } = await execute('tar', ['-tf', filename])
  const files = list.split('\n')
  // npm does not pack a changelog unless it is listed. Before the first release there is none.
  const changelog = existsSync(join(path, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : []
  for (const needed of ['README.md', 'LICENSE', ...changelog]) {
    if (!files.includes(`package/${needed}`)) problems.push(`${needed} is not in the tarball`)
  }
  const stray = files.filter((file) => /\.tsbuildinfo$|\/(src|test)\//.test(file))
  if (stray.length > 0) problems.push(`files that nobody needs are in the tarball: ${stray.join(', ')}`)
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (/^(workspace|catalog):/.test(range)) problems.push(`the dependency ${name} has the range ${range}`)
  }
  const tools: [string, string[]][] = [['publint', ['run', filename, '--strict']]]
  if (manifest.exports) tools.push(['attw', [filename, '--profile', 'esm-only', '--format', 'ascii']])
  for (const [tool, args] of tools) {
    await execute(tool, args, { cwd: root }).catch((error: { stdout: string; stderr: string }) => {
      problems.push(`${tool}:\n${error.stdout}${error.stderr}`)
    })
  }
  return problems
}

let failed = 0
try {
  for (const name of await readdir(join(root, 'packages'))) {
    const path = join(root, 'packages', name)
    if ((JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as { private?: boolean }).private)
      continue
    const problems = await check(path)
    process.stdout.write(`${problems.length === 0 ? '✓' : '✗'} ${name}\n`)
    for (const problem of problems) process.stdout.write(`  ${problem}\n`)
    failed += problems.length
  }
} finally {
  await rm(folder, { recursive: true })
}
process.exitCode = failed > 0 ? 1 : 0
