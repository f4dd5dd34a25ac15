import { ByteWriter } from './byte-writer.ts'

/** Writers whose buffers are used again: memory of that size comes from the system anew each time, and counts against the collector. */
export interface BufferPool {
  take(): ByteWriter
  /** Only when nothing can still be read from its buffer, as a request may that was given up. */
  giveBack(writer: ByteWriter): void
}

const most = 2
const largestBytes = 4 * 2 ** 20

export function bufferPool(): BufferPool {
  const spare: ByteWriter[] = []
  return {
    take: () => spare.pop() ?? new ByteWriter(),
    giveBack(writer) {
      if (spare.length < most && writer.buffer.length <= largestBytes) spare.push(writer)
    },
  }
}
