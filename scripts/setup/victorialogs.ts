/**
 * Builds VictoriaLogs from its Go modules once, for the tests of stores, into the cache folder of the user. If it is there already, or
 * VICTORIALOGS_BIN names one, it only reports that. Run `pnpm setup:victorialogs`; it takes some minutes.
 */
import { dirname } from 'node:path'
import {
  builtVictoriaLogsPath,
  victoriaLogsModule,
  victoriaLogsPath,
  victoriaLogsVersion,
} from '../victorialogs/location.ts'
import { go, smallProgram } from './parts/go.ts'
import { makeFolder } from './parts/make-folder.ts'

try {
  if (!victoriaLogsPath(process.env)) {
    await makeFolder(dirname(builtVictoriaLogsPath(process.env)), async (folder) => {
      const flags = [...smallProgram, `-ldflags=-s -w ${victoriaLogsVersion}`]
      await go(['install', ...flags, victoriaLogsModule], { env: { GOBIN: folder } })
    })
  }
  process.stdout.write(`VictoriaLogs: ${victoriaLogsPath(process.env)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
