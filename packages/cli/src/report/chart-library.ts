import { readFileSync } from 'node:fs'

/**
 * Chart.js as one classic script that defines `Chart`, its licence notice included. In the packed command its text is a part of the bundle,
 * because Chart.js is not installed there.
 */
export function chartLibrary(): string {
  const file = new URL('chart.umd.min.js', import.meta.resolve('chart.js'))
  // A browser would fetch the source map, and no text inside may end the script element.
  return readFileSync(file, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replaceAll('</script', '<\\/script')
}
