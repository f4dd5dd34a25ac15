import { ByteWriter } from './byte-writer.ts'

/** Reuses the buffers of writers: memory of that size comes from the system each time, and makes the garbage collector run more often. */
export interface BufferPool {
  take(): ByteWriter
  /** Call it only when nothing reads the buffer any more; an abandoned request may still do so. */
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
