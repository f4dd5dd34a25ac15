import { isUtf8 } from 'node:buffer'
import { type InputOptions, type Line, readLines } from '@asana-audit/jsonl'

/** One JSON text of an input, and where it begins. */
export interface JsonText {
  readonly line: number
  readonly text: string
  /** Whether it may be half of a line that is being written: it is the last of several, and has no line feed. */
  readonly mayBeHalf: boolean
}

/** Lines that cannot be read as text. */
export interface UnreadableText {
  readonly line: number
  readonly reason: string
  readonly mayBeHalf: boolean
}

/** A document over many lines is kept in memory; Asana's pages are far smaller. */
const mostCharacters = 64 * 2 ** 20

/**
 * The JSON texts of an input: one on each line, or one over several lines as pretty-printers write it. Such a text begins with a line
 * `{` or `[`, continues with indented lines and ends with a bracket that is not indented. So a text that breaks off does not hide the
 * texts after it.
 */
export async function* jsonTexts(options: InputOptions): AsyncGenerator<JsonText | UnreadableText> {
  let open: { line: number; parts: string[]; length: number } | undefined
  for await (const line of readLines(options)) {
    const text = textOf(line)
    const mayBeHalf = !line.ended && line.number > 1
    if (text === undefined) {
      const reason = line.bytes ? 'it is not UTF-8' : 'it is longer than 64 MiB'
      yield { line: line.number, reason, mayBeHalf: mayBeHalf && line.bytes !== undefined }
      continue
    }
    const isIndented = /^\s/.test(text) || text === ''
    if (open && isIndented && open.length < mostCharacters) {
      open.parts.push(text)
      open.length += text.length
      continue
    }
    const closes = open !== undefined && /^[\]}]\s*$/.test(text)
    if (open && closes) yield { line: open.line, text: [...open.parts, text].join('\n'), mayBeHalf: false }
    else if (open) yield brokenOff(open.line)
    open = undefined
    if (closes || text.trim() === '') continue
    if (/^[[{]\s*$/.test(text)) open = { line: line.number, parts: [text], length: text.length }
    else yield { line: line.number, text, mayBeHalf }
  }
  if (open) yield brokenOff(open.line)
}

function textOf({ number, bytes }: Line): string | undefined {
  if (bytes === undefined || !isUtf8(bytes)) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return number === 1 ? text.replace(/^\ufeff/, '') : text
}

function brokenOff(line: number): UnreadableText {
  return { line, reason: 'the JSON that begins here has no end', mayBeHalf: false }
}
