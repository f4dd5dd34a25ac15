/**
 * Builds nfpm from its Go modules once, for `pnpm build:packages`, into the cache folder of the user. If it is there already, it only reports
 * that. Run `pnpm setup:nfpm`; it takes some minutes.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { builtNfpmPath, nfpmModule } from './packages/nfpm.ts'

const execute = promisify(execFile)

async function build(binary: string): Promise<void> {
  await execute('go', ['version']).catch(() => {
    throw new Error(
      'Go is not installed. nfpm is built with Go 1.24 or later: install it, and run this again.',
    )
  })
  const folder = `${dirname(binary)}-building-${process.pid}`
  try {
    // With low priority and one core, because tests and people use the machine too.
    await execute(
      'nice',
      ['-n', '15', 'go', 'install', '-p', '1', '-trimpath', '-ldflags=-s -w', nfpmModule],
      {
        env: { ...process.env, CGO_ENABLED: '0', GOBIN: folder },
        maxBuffer: 2 ** 26,
      },
    )
    await mkdir(dirname(binary), { recursive: true })
    await rename(join(folder, 'nfpm'), binary)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

try {
  const binary = builtNfpmPath(process.env)
  if (!existsSync(binary)) await build(binary)
  process.stdout.write(`nfpm: ${binary}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
