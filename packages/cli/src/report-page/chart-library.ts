import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Chart.js as one classic script that defines `Chart`, its licence notice included. */
export function chartLibrary(): string {
  const main = createRequire(import.meta.url).resolve('chart.js')
  const script = readFileSync(join(dirname(main), 'chart.umd.min.js'), 'utf8')
  // A source map would be fetched; and nothing inside may end the element the script is put into.
  return script.replace(/^\/\/# sourceMappingURL=.*$/m, '').replaceAll('</script', '<\\/script')
}
