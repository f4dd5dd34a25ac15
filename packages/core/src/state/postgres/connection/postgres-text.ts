/**
 * A text of any content in a form that PostgreSQL takes: it has no character 0 and no half of a surrogate pair. Such a text, and one that
 * would look like it, is kept as a JSON string; all others stay as they are.
 */
export function storable(text: string): string {
  return text.startsWith('"') || text.includes('\0') || !text.isWellFormed() ? JSON.stringify(text) : text
}

/** The text that `storable` was given. */
export function stored(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text
}
