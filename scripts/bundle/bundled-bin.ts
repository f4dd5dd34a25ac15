import { join } from 'node:path'

/** What Node starts as `asana-audit`, once the bundle is written (write-bundle.ts). */
export const bundledBin = join(import.meta.dirname, '../../packages/cli/bundle/bin.js')
