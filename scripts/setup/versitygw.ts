/**
 * Builds versitygw from its Go modules once, for the tests of archives in an object store, into the cache folder of the user. If it is there
 * already, or VERSITYGW_BIN names one, it only reports that. Run `pnpm setup:versitygw`; it takes some minutes.
 */
import { dirname } from 'node:path'
import { builtVersitygwPath, versitygwModule, versitygwPath } from '../versitygw/location.ts'
import { go, smallProgram } from './parts/go.ts'
import { makeFolder } from './parts/make-folder.ts'

try {
  if (!versitygwPath(process.env)) {
    await makeFolder(dirname(builtVersitygwPath(process.env)), async (folder) => {
      await go(['install', ...smallProgram, versitygwModule], { env: { GOBIN: folder } })
    })
  }
  process.stdout.write(`versitygw: ${versitygwPath(process.env)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
