/** What DuckDB takes for an object, as its patterns match names that begin with a dot. Hive, Athena and Arrow leave those out. */
const endings = /\.(jsonl\.(gz|zst)|parquet)$/

/**
 * Whether a file can be ignored: it is not part of the archive, and no reader takes it for an object. Such are `.lock` and `.unfinished` of a
 * writer, and `.DS_Store`, which some systems leave.
 */
export function isHidden(key: string): boolean {
  if (key.startsWith('.')) return true
  return key.includes('/.') && !endings.test(key)
}
