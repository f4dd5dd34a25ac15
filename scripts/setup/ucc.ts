/**
 * Installs Splunk's framework for add-ons (UCC) once, into a virtual environment in the cache folder of the user. `pnpm build:input` needs it. Run
 * `pnpm setup:ucc`; it takes about a minute and needs no root.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findPython, outputOf } from '../python/interpreter.ts'
import { builtUcc, completeMark, uccRequirements, uccTools } from '../ucc/location.ts'

async function build(folder: string): Promise<void> {
  const python = await findPython('')
  try {
    await outputOf(python, '-m', 'venv', '--clear', folder)
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement']
    await outputOf(join(folder, 'bin/python'), ...pip, uccRequirements)
    await writeFile(join(folder, completeMark), '')
  } catch (error) {
    // A virtual environment cannot be moved, so an unfinished one is removed.
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

try {
  if (uccTools(process.env) === undefined) {
    process.stdout.write("Installing Splunk's framework for add-ons …\n")
    await build(builtUcc(process.env))
  }
  process.stdout.write(`Splunk's framework for add-ons: ${builtUcc(process.env)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
