/**
 * Builds Helm and kubeconform from Go modules once, and makes JSON Schemas of Kubernetes' own OpenAPI file, for the tests of the chart. Run
 * `pnpm setup:kubernetes`; Helm takes some minutes. KUBERNETES_TOOLS names a folder with `helm` and `kubeconform` instead.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { builtProgram, kubernetesSchemas, kubernetesTool, modules } from './kubernetes/location.ts'
import { schemasByFile } from './kubernetes/schemas.ts'

const run = promisify(execFile)

/** Makes a folder whole or not at all. */
async function makeFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const building = `${path}-building-${process.pid}`
  try {
    await mkdir(building, { recursive: true })
    await fill(building)
    await mkdir(dirname(path), { recursive: true })
    await rename(building, path)
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

/** With one core at low priority, because tests and people use the machine too. */
async function go(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await run('nice', ['-n', '15', 'go', ...args], {
    env: { ...process.env, CGO_ENABLED: '0', GOMAXPROCS: '1', ...env },
    maxBuffer: 2 ** 26,
  })
  return stdout
}

/** The folder of a module's sources. */
async function sourcesOf(module: string): Promise<string> {
  const { Dir } = JSON.parse(await go(['mod', 'download', '-json', module])) as { Dir: string }
  return Dir
}

try {
  for (const name of ['helm', 'kubeconform'] as const) {
    if (!kubernetesTool(name, process.env)) {
      if (process.env['KUBERNETES_TOOLS']) throw new Error(`KUBERNETES_TOOLS names a folder without ${name}.`)
      process.stdout.write(`Building ${name} …\n`)
      await makeFolder(dirname(builtProgram(name, process.env)), async (folder) => {
        await go(['install', '-p', '1', '-trimpath', '-ldflags=-s -w', modules[name]], { GOBIN: folder })
      })
    }
    process.stdout.write(`${name}: ${kubernetesTool(name, process.env)}\n`)
  }
  const schemas = kubernetesSchemas(process.env)
  if (!existsSync(schemas)) {
    const sources = [
      await sourcesOf(modules.kubernetes),
      await sourcesOf(modules.prometheusOperator),
    ] as const
    await makeFolder(schemas, async (folder) => {
      for (const [file, text] of schemasByFile(...sources)) await writeFile(join(folder, file), text)
    })
  }
  process.stdout.write(`Schemas: ${schemas}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
