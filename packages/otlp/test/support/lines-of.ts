import { readFileSync } from 'node:fs'
import { decodeJson } from './decoded-logs.ts'

/** The `log.record.uid` of every record of an OTLP JSON lines file, by line. Throws if the file is not one. */
export function uidsByLine(path: string): unknown[][] {
  return uidsOfLines(readFileSync(path))
}

export function uidsOfLines(bytes: Buffer): unknown[][] {
  const text = bytes.toString('utf8')
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is torn')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      decodeJson(Buffer.from(line)).records.map(
        ({ attributes }) => attributes.find(([key]) => key === 'log.record.uid')?.[1],
      ),
    )
}
