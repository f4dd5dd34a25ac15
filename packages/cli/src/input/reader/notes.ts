import type { WriteStream } from 'node:tty'
import { cutTo } from '../../terminal/columns-of.ts'
import { safeJson, safeText } from '../../terminal/safe-text.ts'
import { wrapped } from '../../terminal/wrapped.ts'
import type { Reading } from './reading.ts'

/** Messages on stderr while events are read, for a person or a machine. */
export interface Notes {
  say(code: string, message: string): void
  /** After two seconds, shows the progress of reading until the returned function is called. */
  watch(reading: Reading): () => void
  /** Removes the progress line. Call it before anything is written to stdout. */
  clear(): void
}

export interface NotesOptions {
  readonly output: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  /** Default: sentences, and progress only on a terminal. */
  readonly log: 'human' | 'json' | undefined
}

const quietMs = 2_000
const redrawEveryMs = 200

export function notes({ output, log }: NotesOptions): Notes {
  const live = output.isTTY === true
  const shows = log === undefined ? live : log === 'human'
  let drawn = false

  function clear(): void {
    if (drawn) output.write('\r\x1b[K')
    drawn = false
  }

  return {
    clear,
    say(code, message) {
      clear()
      const time = new Date().toISOString()
      const line =
        log === 'json'
          ? safeJson(JSON.stringify({ time, level: 'info', message: code, detail: message }))
          : wrapped(message, 2, live ? output.columns : undefined)
      output.write(`${line}\n`)
    },
    watch(reading) {
      const draw = (): void => {
        const line = safeText(`  reading: ${progressOf(reading)}`)
        clear()
        output.write(live ? cutTo(line, (output.columns ?? 80) - 1) : `${line}\n`)
        drawn = live
      }
      if (!shows) return () => {}
      let timer = setTimeout(() => {
        draw()
        timer = setInterval(draw, live ? redrawEveryMs : quietMs)
      }, quietMs)
      return () => {
        clearTimeout(timer)
        clear()
      }
    },
  }
}

function progressOf({ events, at, archive }: Reading): string {
  const count = (number: number): string => number.toLocaleString('en')
  const objects = archive && `${count(archive.objects)} of ${count(archive.ofObjects)} objects`
  if (archive && events === 0) {
    if (archive.ofObjects > 0) return `${objects}`
    return `${count(archive.entries)} of ${count(archive.ofEntries)} entries of the manifest`
  }
  return `${count(events)} events, now at ${at ?? 'the beginning'}${objects ? `, ${objects}` : ''}`
}
