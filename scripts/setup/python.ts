/**
 * Installs the Python tools in scripts/python/requirements.txt once, into a virtual environment in the cache folder of the user. Among them are
 * Splunk AppInspect and the Sigma compiler. If they are installed already, or PYTHON_TOOLS names a virtual environment, it only reports
 * that. Run `pnpm setup:python`; it takes about a minute and needs no root.
 */
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findPython, outputOf as run } from '../python/interpreter.ts'
import { builtPythonTools, completeMark, pythonTools, requirementsPath } from '../python/location.ts'

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Installs libmagic if the system has none: a .pth file loads it at each start of this Python. */
async function bringLibmagic(python: string): Promise<void> {
  if (await loadsLibmagic(python)) return
  say('The system has no libmagic; installing one into the virtual environment …')
  await run(
    python,
    '-m',
    'pip',
    'install',
    '--quiet',
    '-r',
    join(import.meta.dirname, '../python/libmagic.txt'),
  )
  const packages = await run(python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))')
  await writeFile(join(packages, 'libmagic.pth'), 'import pylibmagic\n')
  if (!(await loadsLibmagic(python)))
    throw new Error(
      'AppInspect needs libmagic: install it (Debian: libmagic1, macOS: brew install libmagic).',
    )
}

function loadsLibmagic(python: string): Promise<boolean> {
  return run(python, '-c', 'import magic').then(
    () => true,
    () => false,
  )
}

/** A virtual environment cannot be moved, so an unfinished one is removed instead. */
async function build(folder: string): Promise<void> {
  const python = await findPython(', or set PYTHON_TOOLS to a virtual environment that has the tools')
  try {
    say(`Making a virtual environment with ${python} …`)
    await run(python, '-m', 'venv', '--clear', folder)
    const own = join(folder, 'bin/python')
    say('Installing the tools …')
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement']
    await run(own, ...pip, requirementsPath)
    await bringLibmagic(own)
    await writeFile(join(folder, completeMark), '')
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function describe(tools: string): Promise<void> {
  say(`Python tools: ${tools}`)
  const python = join(tools, 'bin/python')
  for (const name of ['splunk-appinspect', 'sigma-cli', 'pysigma', 'pysigma-backend-splunk']) {
    const probe = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`
    say(`  ${name} ${await run(python, '-c', probe).catch(() => 'is missing: its tests will be skipped')}`)
  }
}

const started = Date.now()
try {
  let tools = pythonTools(process.env)
  if (!tools) {
    tools = builtPythonTools(process.env)
    await build(tools)
    say(`Done in ${Math.round((Date.now() - started) / 1000)} s.`)
  } else if (!existsSync(tools)) throw new Error(`PYTHON_TOOLS names ${tools}, and there is nothing there.`)
  await describe(tools)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
