/**
 * Runs in a package's folder before it is packed or published. Refuses every packer but pnpm: the others would leave the ranges
 * `workspace:` and `catalog:` and the exports of the sources in the manifest, a package that installs nowhere. Removes the
 * outputs of sources that are gone, which `tsc -b` leaves behind.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

// Not the user agent: npm started by a script of pnpm's goes by the name of pnpm.
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
