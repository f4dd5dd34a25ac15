import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PackedPackage, pnpm } from './packed-packages.ts'

/** The dependencies of empty projects, by the name of the project. Ours have the range `*` and come from their tarballs. */
export type ProjectPlans = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Makes projects in a folder and installs them. Every package sees what its manifest declares and nothing else; whatever of ours
 * it depends on comes from a tarball too. Peers of one project are not those of another.
 */
export async function installStrictly(
  folder: string,
  packages: readonly PackedPackage[],
  plans: ProjectPlans,
): Promise<void> {
  const workspace = {
    packages: ['*'],
    nodeLinker: 'isolated',
    hoist: false,
    publicHoistPattern: [],
    autoInstallPeers: false,
    dedupePeerDependents: false,
    overrides: Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`])),
  }
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  // YAML is a superset of JSON.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(workspace))
  for (const [name, dependencies] of Object.entries(plans)) {
    mkdirSync(join(folder, name))
    const manifest = { name, private: true, type: 'module', dependencies }
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify(manifest))
  }
  await pnpm(['install', '--prefer-offline'], folder)
}
