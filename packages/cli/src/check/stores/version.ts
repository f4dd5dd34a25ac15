/** Whether a version, as a store says it of itself, comes before another: `2.9.4` before `3.0.0`, `v1.9.1` before `v1.50.0`. */
export function isOlder(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0
}
