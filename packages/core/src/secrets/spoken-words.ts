import { isSecretShaped } from '../files/named-file.ts'
import { sanitizeServerText } from '../http/answers/sanitize-server-text.ts'

/**
 * What a command says on stderr, for a message, without what may be a secret: what it prints, lines of a shell's trace (`set -x`), and words
 * that no sentence has. Empty if all of it may be one.
 */
export function spokenWords(stderr: string, secrets: readonly string[]): string {
  if (isSecretShaped(stderr)) return ''
  // A secret of several lines, or of name and value, may be shown in parts.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/[\s=:,;"']+/)])
  const hidden = parts.filter(({ length }) => length >= 4).sort((one, other) => other.length - one.length)
  const lines = stderr.split(/[\r\n]+/).filter((line) => !line.startsWith('+'))
  const words = lines.flatMap((line) => line.split(/\s+/)).map((word) => (isWord(word) ? word : '[redacted]'))
  return sanitizeServerText(words.join(' '), hidden)
}

/** Short, or without a digit among its letters. So many letters in a row are a secret, too: a path has marks between its names. */
function isWord(word: string): boolean {
  if (/\p{L}{20}/u.test(word)) return false
  return word.length < 6 || !(/\d/.test(word) && /\p{L}/u.test(word))
}
