import { createReadStream } from 'node:fs'
import type { InputOptions } from '@asana-audit/jsonl'

/** The bytes of a file, and its name in messages; `-` is standard input. */
export function fileStream(file: string): InputOptions {
  if (file === '-') return { input: process.stdin, name: 'standard input' }
  return { input: createReadStream(file, { highWaterMark: 2 ** 18 }), name: file }
}
