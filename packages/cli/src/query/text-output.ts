import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes text to a stream in blocks, no faster than the stream accepts it. */
export interface TextOutput {
  write(text: string): void
  /** Resolves when there is room for more. False once the stream has failed, for example after `… | head` has ended. */
  ready(): Promise<boolean>
  /** Resolves when everything has been handed over. */
  end(): Promise<void>
}

const blockLength = 32_768

/** `beforeWrite` is called before each block goes out. */
export function textOutput(stream: Writable, beforeWrite: () => void): TextOutput {
  let block = ''
  let closed = false
  stream.on('error', () => {
    closed = true
  })

  async function flush(): Promise<void> {
    const text = block
    block = ''
    if (closed || text === '') return
    beforeWrite()
    if (stream.write(text)) return
    // After a broken pipe there is only `close`, and no `drain`. Remove the other listener, because every block adds two.
    const enough = new AbortController()
    const waits = ['drain', 'close'].map((name) => once(stream, name, { signal: enough.signal }))
    await Promise.race(waits).catch(() => undefined)
    enough.abort()
  }

  return {
    write(text) {
      block += text
    },
    async ready() {
      if (block.length >= blockLength) await flush()
      return !closed
    },
    end: flush,
  }
}
