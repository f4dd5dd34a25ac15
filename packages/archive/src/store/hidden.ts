/** What DuckDB takes for an object, as its patterns match names that begin with a dot. Hive, Athena and Arrow leave those out. */
const endings = /\.(jsonl\.(gz|zst)|parquet)$/

/**
 * Whether a file is no part of the archive and readers do not take it for one: `.lock` and `.unfinished` of a writer, and what systems
 * leave, such as `.DS_Store`.
 */
export function isHidden(key: string): boolean {
  if (key.startsWith('.')) return true
  return key.includes('/.') && !endings.test(key)
}
