/**
 * Runs in the folder of a package before it is packed or published. Refuses every tool but pnpm: the others would leave the ranges
 * `workspace:` and `catalog:` and the exports of the sources in the manifest, and nobody could install the package. Removes the
 * outputs of deleted sources, which `tsc -b` does not remove.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

// The user agent does not help: npm has that of pnpm if a script of pnpm starts it.
const packer = basename(process.env['npm_execpath'] ?? '')
if (packer.startsWith('pnpm')) {
  for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
    const output = /^(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(file)
    if (output && !existsSync(join('src', `${output[1]}.ts`))) rmSync(join('dist', file))
  }
} else {
  process.stderr.write(
    'Only pnpm replaces the workspace: and catalog: ranges of this package; packed by anything else it would not install. ' +
      'Use "npx -y pnpm@12 pack" (or publish) instead.\n',
  )
  process.exitCode = 1
}
