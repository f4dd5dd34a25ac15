import { setFlagsFromString } from 'node:v8'

/**
 * V8 collects garbage when the heap has grown by three quarters of what is in use. By itself it may wait until the heap is four times
 * as large. A page of events lives long enough to be moved among old objects, so what is left of pages would fill most of the memory
 * of a long `run`. Called once, before the pipelines start.
 */
export function growHeapSlowly(): void {
  setFlagsFromString('--heap-growing-percent=75')
}
