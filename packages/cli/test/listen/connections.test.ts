import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Answer, plain } from '../../src/listen/answer.ts'
import type { ConnectionLimits } from '../../src/listen/connections.ts'
import { type Route, startServer } from '../../src/listen/server.ts'
import { ask } from '../support/ask.ts'

const settings = {
  ...{ host: '127.0.0.1', port: 0, setting: '--listen', isLoopback: true, hosts: [] },
  ...{ token: undefined, tokenFile: undefined },
}
/** Longer than the buffers of a connection. */
const large: Answer = { ...plain(200, ''), body: Buffer.alloc(16 * 2 ** 20) }
const routes = new Map<string, Route>([
  ['/livez', { isForProbes: true, answer: () => plain(200, 'ok') }],
  ['/large', { answer: () => large }],
])

async function serve(limits?: ConnectionLimits): Promise<URL> {
  const server = await startServer(settings, routes, limits)
  onTestFinished(() => server.close())
  return new URL(server.url)
}

/** A client that sends this and reads nothing. */
async function deafClient({ port }: URL, sent: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  socket.on('error', () => {}) // It is cut off.
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  socket.write(sent)
  return socket
}

const request = 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'

test.each([
  ['never reads its answer', request, ''],
  ['sends many requests and reads no answer', request.repeat(20), ''],
  ['sends its request byte by byte', 'GET /large HTTP/1.1\r\nHost: localhost\r\nX: ', 'x'],
  ['sends nothing', '', ''],
])('a client that %s is cut off', async (_, sent, drop) => {
  const url = await serve({ most: 8, longestMs: 300 })
  const socket = await deafClient(url, sent)
  const isOver = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)))
  // Only writing tells a client that does not read that it is cut off.
  const drip = async (): Promise<boolean> => {
    await after(20)
    socket.write(drop || 'x')
    return false
  }
  let isCutOff = false
  while (!isCutOff) isCutOff = await Promise.race([isOver, drip()])
  expect((await ask(`${url}livez`)).status).toBe(200)
})

test('more silent and deaf clients than connections do not keep a probe from its answer', async () => {
  const url = await serve()
  for (let number = 0; number < 300; number += 1) await deafClient(url, number % 2 === 0 ? request : 'GET /')
  for (let number = 0; number < 3; number += 1)
    expect(await ask(`${url}livez`)).toMatchObject({ status: 200, body: 'ok\n' })
}, 60_000)

test('a connection is for one request, and the answer says so', async () => {
  const url = await serve()
  expect((await ask(`${url}livez`, { Connection: 'keep-alive' })).headers).toMatchObject({
    connection: 'close',
  })
})
