/**
 * Builds Helm and kubeconform from Go modules once, and makes JSON Schemas of Kubernetes' own OpenAPI file, for the tests of the chart. Run
 * `pnpm setup:kubernetes`; Helm takes some minutes. KUBERNETES_TOOLS names a folder with `helm` and `kubeconform` instead.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  kubernetesSchemas,
  kubernetesTool,
  kubernetesTools,
  modules,
  programFolder,
} from './kubernetes/location.ts'
import { schemasByFile } from './kubernetes/schemas.ts'
import { go, smallProgram } from './set-up/go.ts'
import { makeFolder } from './set-up/make-folder.ts'

/** The folder of a module's sources. */
async function sourcesOf(module: string): Promise<string> {
  const { Dir } = JSON.parse(await go(['mod', 'download', '-json', module])) as { Dir: string }
  return Dir
}

try {
  const schemas = kubernetesSchemas(process.env)
  await makeFolder(schemas, async (folder) => {
    const sources = [
      await sourcesOf(modules.kubernetes),
      await sourcesOf(modules.prometheusOperator),
    ] as const
    for (const [file, text] of schemasByFile(...sources)) await writeFile(join(folder, file), text)
  })
  process.stdout.write(`Schemas: ${schemas}\n`)
  for (const name of kubernetesTools) {
    if (!kubernetesTool(name, process.env)) {
      if (process.env['KUBERNETES_TOOLS']) throw new Error(`KUBERNETES_TOOLS names a folder without ${name}.`)
      process.stdout.write(`Building ${name} …\n`)
      await makeFolder(programFolder(name, process.env), async (folder) => {
        await go(['install', ...smallProgram, modules[name]], { env: { GOBIN: folder } })
      })
    }
    process.stdout.write(`${name}: ${kubernetesTool(name, process.env)}\n`)
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
