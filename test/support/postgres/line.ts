import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a server that a test can cut. */
export interface Line {
  /** The address of the server, through this line. */
  readonly url: string
  /** As a cable that is pulled out: connections stay, and nothing goes through any more, in no direction. New ones do not get there either. */
  cut(): void
  /** The server hears that all connections are gone, as when a host dies and its keepalives fail. This side hears nothing. */
  drop(): void
  /** New connections get through again. Those of before are ended. */
  mend(): void
}

/** A line to the server of an address, for one test. */
export async function lineTo(url: string): Promise<Line> {
  const { hostname, port } = new URL(url)
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>()
  const stalled = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    near.on('error', () => {}) // A test ends connections in the middle.
    if (isCut) {
      stalled.add(near)
      return
    }
    const far = connect(Number(port), hostname)
    far.on('error', () => {})
    const pair = { near, far }
    pairs.add(pair)
    near.pipe(far)
    far.pipe(near)
    for (const socket of [near, far]) {
      socket.once('close', () => {
        if (isCut) return
        pairs.delete(pair)
        near.destroy()
        far.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function cut(): void {
    isCut = true
    for (const { near, far } of pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.pause()
      far.pause()
    }
  }
  function endAll(): void {
    for (const { near, far } of pairs) {
      near.destroy()
      far.destroy()
    }
    for (const near of stalled) near.destroy()
    pairs.clear()
    stalled.clear()
  }
  onTestFinished(async () => {
    endAll()
    await new Promise((resolve) => server.close(resolve))
  })
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    cut,
    drop() {
      cut()
      for (const { far } of pairs) far.destroy()
    },
    mend() {
      endAll()
      isCut = false
    },
  }
}
