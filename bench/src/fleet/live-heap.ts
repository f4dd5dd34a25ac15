/** Megabytes of the heap that are in use, after two collections: objects that the first one frees may have held others. */
export function liveHeapMb(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
