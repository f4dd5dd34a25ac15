/**
 * Builds nfpm from its Go modules once, for `pnpm build:packages`, into the cache folder of the user. If it is there already, it only reports
 * that. Run `pnpm setup:nfpm`; it takes some minutes.
 */
import { dirname } from 'node:path'
import { builtNfpmPath, nfpmModule } from '../packages/nfpm.ts'
import { go, smallProgram } from './parts/go.ts'
import { makeFolder } from './parts/make-folder.ts'

try {
  const binary = builtNfpmPath(process.env)
  await makeFolder(dirname(binary), async (folder) => {
    await go(['install', ...smallProgram, nfpmModule], { env: { GOBIN: folder } })
  })
  process.stdout.write(`nfpm: ${binary}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
