import { ComponentType } from '@cyclonedx/cyclonedx-library/Enums'
import type { Part } from './part.ts'

/** Versions that Node reports and that are no part of it: its own, and those of its interfaces. What was left out of it has an empty one. */
const noParts = new Set(['node', 'modules', 'napi'])

/** The running Node, which is in the single executable, with what it is made of: OpenSSL, V8, SQLite and so on, as it reports them. */
export function partsOfNode(): Part {
  const parts = Object.entries(process.versions)
    .filter(([name, version]) => version && !noParts.has(name))
    .map(([name, version = '']) => ({ name, version, origin: { type: 'generic' } }))
  return {
    name: 'node',
    version: process.versions.node,
    origin: { type: 'generic' },
    license: 'MIT',
    type: ComponentType.Platform,
    parts,
  }
}
