import { readFileSync } from 'node:fs'

/** Chart.js as one classic script that defines `Chart`, its licence notice included. */
export function chartLibrary(): string {
  const file = new URL('chart.umd.min.js', import.meta.resolve('chart.js'))
  // A source map would be fetched; and nothing inside may end the element the script is put into.
  return readFileSync(file, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replaceAll('</script', '<\\/script')
}
