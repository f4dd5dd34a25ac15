import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { go } from '../setup/parts/go.ts'
import { kubernetesVersion } from './location.ts'

interface GoMod {
  readonly Go: string
  readonly Replace: readonly { readonly Old: { readonly Path: string } }[]
}

/**
 * Builds kube-apiserver into a folder, from `sources`, the folder of Kubernetes' Go module. `go install` refuses it, because its go.mod replaces
 * modules by folders of Kubernetes' own repository. Each of them is also published, as v0 with the same minor version, so a module of ours
 * names these.
 */
export async function buildApiServer(sources: string, folder: string): Promise<void> {
  const { Go, Replace } = JSON.parse(await go(['mod', 'edit', '-json', join(sources, 'go.mod')])) as GoMod
  const published = `v${kubernetesVersion.replace('1.', '0.')}`
  const lines = [
    'module api-server',
    `go ${Go}`,
    `require k8s.io/kubernetes v${kubernetesVersion}`,
    ...Replace.map(({ Old }) => `replace ${Old.Path} => ${Old.Path} ${published}`),
  ]
  await writeFile(join(folder, 'go.mod'), `${lines.join('\n')}\n`)
  // A server without its version would say that it is v0.0.0.
  const ldflags = `-s -w -X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`
  await go(
    [
      'build',
      '-mod=mod',
      '-p',
      '1',
      '-trimpath',
      `-ldflags=${ldflags}`,
      '-o',
      folder,
      'k8s.io/kubernetes/cmd/kube-apiserver',
    ],
    { cwd: folder },
  )
}
