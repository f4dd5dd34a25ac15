import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { kubernetesSchemas, kubernetesTool, kubernetesTools } from '../kubernetes/location.ts'
import { builtNfpmPath } from '../packages/nfpm.ts'
import { pythonTool } from '../python/location.ts'
import { uccTools } from '../ucc/location.ts'

interface Tool {
  readonly name: string
  readonly use: string
  readonly get: string
}

const debian = (name: string): string => `\`apt-get install ${name}\``

/** Programs that the tests of a release start, and how to get each. */
const tools: readonly Tool[] = [
  { name: 'npm', use: 'installs the package', get: 'install Node from its own packages, which bring npm' },
  { name: 'ldd', use: 'finds the C libraries of the image', get: debian('libc-bin') },
  { name: 'skopeo', use: 'reads the image', get: debian('skopeo') },
  { name: 'umoci', use: 'unpacks the image', get: debian('umoci') },
  { name: 'dpkg-deb', use: 'reads the package for Debian', get: 'run the tests on Debian or Ubuntu' },
  { name: 'rpm', use: 'reads the package for Red Hat', get: debian('rpm') },
  { name: 'systemd-sysusers', use: "makes the service's user", get: debian('systemd') },
  { name: 'unshare', use: 'installs packages on a copy of the machine', get: debian('util-linux') },
]

/** A sentence for each thing that the tests of a release lack here. Empty if they can run. */
export function missingForRelease(env: NodeJS.ProcessEnv, user: number | undefined): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const missing = tools
    .filter(({ name }) => !folders.some((folder) => existsSync(join(folder, name))))
    .map(({ name, use, get }) => `${name} is not installed. It ${use}: ${get}.`)
  return [
    ...(user === 0
      ? []
      : ['They need root, to unpack files of other users and to change the root folder: use sudo.']),
    ...missing,
    ...(existsSync(builtNfpmPath(env))
      ? []
      : ['nfpm is not built. It makes the packages: run `pnpm setup:nfpm`.']),
    ...(uccTools(env)
      ? []
      : ['ucc is not installed. It builds the pages of the Splunk add-on that polls: run `pnpm setup:ucc`.']),
    ...(pythonTool('splunk-appinspect', env)
      ? []
      : ['splunk-appinspect is not installed. It checks that add-on: run `pnpm setup:python`.']),
    ...lackingForChart(env).map(
      (name) => `${name} is not there. It checks the chart: run \`pnpm setup:kubernetes\`.`,
    ),
  ]
}

function lackingForChart(env: NodeJS.ProcessEnv): string[] {
  const lacking: string[] = kubernetesTools.filter((name) => kubernetesTool(name, env) === undefined)
  return existsSync(kubernetesSchemas(env)) ? lacking : [...lacking, 'The folder of schemas']
}
