import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** Without waiting for the other end of a pipe. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * The text of a file that settings name. Throws for anything else than a file, and for a large one: a pipe would wait or give its content
 * only once, and a device may never end. The `code` of the error says so, as messages have it in brackets.
 */
export function readSmallFile(path: string, maxBytes: number): string {
  const file = openSync(path, flags)
  try {
    const found = fstatSync(file)
    if (found.isDirectory()) throw refusal('a folder')
    if (!found.isFile()) throw refusal('a pipe or a device')
    if (found.size > maxBytes) throw refusal(`over ${maxBytes / 1024} KiB`)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error(`The file is ${code}.`), { code })
}
