/**
 * Installs the Python tools in scripts/python/requirements.txt once, into a virtual environment in the cache folder of the user. Among them are
 * Splunk AppInspect and the Sigma compiler. If they are installed already, or PYTHON_TOOLS names a virtual environment, it only reports
 * that. Run `pnpm setup:python`; it takes about a minute and needs no root.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { builtPythonTools, completeMark, pythonTools, requirementsPath } from './python/location.ts'

/** Versions known to work come first, because some tools do not support the newest Python yet. */
const pythons = ['python3.11', 'python3.12', 'python3.13', 'python3.10', 'python3', 'python']
const oldestPython = '3.10'

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The output of the program. Rejects with its error output. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26 })
  return stdout.trim()
}

/** The first Python that is new enough and can make a virtual environment. */
async function findPython(): Promise<string> {
  const found: string[] = []
  for (const python of pythons) {
    const probe = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])'
    const version = await run(python, '-c', probe).catch(() => undefined)
    if (!version) continue
    if (version.localeCompare(oldestPython, 'en', { numeric: true }) >= 0) return python
    found.push(version)
  }
  const seen = found.length > 0 ? `Here is only ${found.join(', ')}.` : 'None is here.'
  throw new Error(
    `The tools need Python ${oldestPython} or later with venv (on Debian: python3 and python3-venv). ${seen} Install it, or set PYTHON_TOOLS to a virtual environment that has the tools.`,
  )
}

/** Installs libmagic if the system has none: a .pth file loads it at each start of this Python. */
async function bringLibmagic(python: string): Promise<void> {
  if (await loadsLibmagic(python)) return
  say('The system has no libmagic; installing one into the virtual environment …')
  await run(python, '-m', 'pip', 'install', '--quiet', '-r', join(import.meta.dirname, 'python/libmagic.txt'))
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
  const python = await findPython()
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
