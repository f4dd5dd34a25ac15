import { existsSync } from 'node:fs'

/** A file and the setting that names it. */
export interface NamedPath {
  readonly setting: string
  readonly path: string
  /** The text in the setting, if the path was made from it. */
  readonly written?: string
}

/** The end of "The file it names" in an error: ` (PATH)`, or nothing if the path may be a secret. */
export function namedFile(written: string, path: string = written): string {
  return spokenPath(written, existsSync(path)) === undefined ? '' : ` (${path})`
}

/**
 * The path of a file as errors may show it. An existing file, or a text written as a path, may be shown; a bare word may be the
 * secret itself.
 */
function spokenPath(written: string, isThere: boolean): string | undefined {
  if (isThere) return written
  const isWrittenAsPath = /^(~|\.{1,2})?[/\\]|^[a-z]:[\\/]|[/\\]|\.[a-z]{2,6}$/i.test(written)
  return isWrittenAsPath && !isSecretShaped(written) ? written : undefined
}

/** Tokens of Asana (`2/1234/5678:…`), GUIDs, JSON web tokens, PEM texts, long runs of letters and digits, passwords in addresses. */
export function isSecretShaped(text: string): boolean {
  return (
    /\b[012]\/\d{6,}/.test(text) ||
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.test(text) ||
    /-----BEGIN |\beyJ[\w-]{8}|:\/\/[^/\s]*:[^/\s]*@/.test(text) ||
    (text.match(/[A-Za-z0-9+]{20,}/g) ?? []).some((run) => /\d/.test(run) && /[A-Za-z]/.test(run))
  )
}
