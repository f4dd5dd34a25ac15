/**
 * Builds Helm, kubeconform and the API server of Kubernetes from Go modules once, unpacks etcd from Debian's package, and makes JSON Schemas of
 * Kubernetes' own OpenAPI file, for the tests of the chart. Run `pnpm setup:kubernetes`; the API server takes 20 minutes or more.
 * KUBERNETES_TOOLS names a folder with the programs instead.
 */
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildApiServer } from '../kubernetes/build-api-server.ts'
import {
  etcdPackage,
  type KubernetesTool,
  kubernetesSchemas,
  kubernetesTool,
  kubernetesTools,
  modules,
  programFolder,
  serviceMonitorsIn,
} from '../kubernetes/location.ts'
import { schemasByFile, serviceMonitorDefinition } from '../kubernetes/schemas.ts'
import { go, smallProgram } from './parts/go.ts'
import { makeFolder } from './parts/make-folder.ts'
import { unpackDebian } from './parts/unpack-debian.ts'

/** The folder of a module's sources. */
async function sourcesOf(module: string): Promise<string> {
  const { Dir } = JSON.parse(await go(['mod', 'download', '-json', module])) as { Dir: string }
  return Dir
}

async function install(module: string, folder: string): Promise<void> {
  await go(['install', ...smallProgram, module], { env: { GOBIN: folder } })
}

const makers: Readonly<Record<KubernetesTool, (folder: string) => Promise<void>>> = {
  helm: (folder) => install(modules.helm, folder),
  kubeconform: (folder) => install(modules.kubeconform, folder),
  etcd: (folder) => unpackDebian([etcdPackage], folder),
  'kube-apiserver': async (folder) => buildApiServer(await sourcesOf(modules.kubernetes), folder),
}

try {
  const schemas = kubernetesSchemas(process.env)
  await makeFolder(schemas, async (folder) => {
    const sources = [
      await sourcesOf(modules.kubernetes),
      await sourcesOf(modules.prometheusOperator),
    ] as const
    for (const [file, text] of schemasByFile(...sources)) await writeFile(join(folder, file), text)
    await copyFile(join(sources[1], serviceMonitorDefinition), serviceMonitorsIn(folder))
  })
  process.stdout.write(`Schemas: ${schemas}\n`)
  for (const name of kubernetesTools) {
    if (!kubernetesTool(name, process.env)) {
      if (process.env['KUBERNETES_TOOLS']) throw new Error(`KUBERNETES_TOOLS names a folder without ${name}.`)
      process.stdout.write(`Building ${name} …\n`)
      await makeFolder(programFolder(name, process.env), makers[name])
    }
    process.stdout.write(`${name}: ${kubernetesTool(name, process.env)}\n`)
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
