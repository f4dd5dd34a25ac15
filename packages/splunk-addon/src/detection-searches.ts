/** Filled once rules are there. */
export function detectionSearches(_folder: string): string {
  return ''
}
