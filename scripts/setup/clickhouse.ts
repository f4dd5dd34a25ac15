/**
 * Installs ClickHouse's embedded engine (chdb) once, for the tests of ClickHouse, into a virtual environment in the cache folder of the
 * user. If it is there already, or CHDB_PYTHON names a Python that has it, it only reports that. Run `pnpm setup:clickhouse`; it takes some
 * minutes and needs no root.
 */
import { join } from 'node:path'
import { builtClickHouse, clickHousePython, clickHouseRequirements } from '../clickhouse/location.ts'
import { findPython, outputOf } from '../python/interpreter.ts'
import { makeFolder } from './parts/make-folder.ts'

/** Of this environment only its Python is run, so it may be moved once it is made. */
async function install(folder: string): Promise<void> {
  const python = await findPython(', or set CHDB_PYTHON to a Python that has chdb')
  await outputOf(python, '-m', 'venv', folder)
  // What it depends on is for handing rows to pandas, and half as large as itself.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--requirement']
  await outputOf(join(folder, 'bin/python'), ...pip, clickHouseRequirements)
}

try {
  if (!clickHousePython(process.env)) {
    process.stdout.write('Installing the embedded engine of ClickHouse …\n')
    await makeFolder(builtClickHouse(process.env), install)
  }
  const python = clickHousePython(process.env)
  if (!python)
    throw new Error(
      'The engine was installed, and its Python is not there. Delete the folder, and run this again.',
    )
  const version = await outputOf(python, '-c', 'import chdb; print(chdb.query("SELECT version()", "TSV"))')
  process.stdout.write(`ClickHouse ${version}, embedded: ${python}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
