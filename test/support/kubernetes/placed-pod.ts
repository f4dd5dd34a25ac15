import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Mount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
}

export interface Volume {
  readonly name: string
  readonly configMap?: { readonly name: string }
  readonly secret?: { readonly secretName: string }
  readonly persistentVolumeClaim?: { readonly claimName: string }
}

/** What a test needs of a Pod with one container. */
export interface PodSpec {
  readonly containers: readonly [
    {
      readonly args: readonly string[]
      readonly env: readonly { readonly name: string; readonly value: string }[]
      readonly volumeMounts: readonly Mount[]
    },
  ]
  readonly volumes: readonly Volume[]
}

/**
 * Puts the files of a Pod's volumes where its container mounts them, below the folder `root`. Gives its arguments and its environment, with
 * each path where it is now.
 */
export function placedPod(
  { containers: [{ args, env, volumeMounts }], volumes }: PodSpec,
  root: string,
  filesOf: (volume: Volume) => Readonly<Record<string, string>>,
): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  for (const { name, mountPath } of volumeMounts) {
    const folder = join(root, mountPath)
    mkdirSync(folder, { recursive: true })
    const volume = volumes.find((one) => one.name === name)
    for (const [file, text] of Object.entries(volume ? filesOf(volume) : {}))
      writeFileSync(join(folder, file), text)
  }
  const placed = (text: string): string =>
    volumeMounts.some(({ mountPath }) => text.startsWith(`${mountPath}/`)) ? join(root, text) : text
  return {
    args: args.map(placed),
    env: Object.fromEntries(env.map(({ name, value }) => [name, placed(value)])),
  }
}
