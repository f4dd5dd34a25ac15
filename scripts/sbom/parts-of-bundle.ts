import type { BundledPackage } from '../bundle/bundled-packages.ts'
import type { Part } from './part.ts'

/** What a bundle of the command consists of, ours and others', without the package of the command itself. */
export function partsOfBundle(packages: readonly BundledPackage[]): Part[] {
  return packages
    .filter(({ name }) => name !== 'asana-audit')
    .map(({ name: whole, version, license }) => {
      const [, namespace, name = whole] = /^(@[^/]+)\/(.+)$/.exec(whole) ?? []
      const origin = { type: 'npm', ...(namespace !== undefined && { namespace }) }
      return { name, version, license, origin }
    })
}
