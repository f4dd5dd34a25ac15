import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { claimPort } from '../../scripts/ports/claim-port.ts'

const module = join(import.meta.dirname, '../../scripts/ports/claim-port.ts')

/** Claims a hundred ports in a process of its own, the first from `first` on, and keeps them until the test ends. */
async function claimedElsewhere(first: number): Promise<readonly number[]> {
  const script = `
    const { claimPort } = await import(${JSON.stringify(module)})
    const ports = []
    for (let count = 0; count < 100; count += 1) ports.push(await claimPort(${first}))
    console.log(JSON.stringify(ports))
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  return JSON.parse(line)
}

test('processes that claim ports at the same time never get the same one', async () => {
  const claims = await Promise.all([0, 0, 50, 100].map(claimedElsewhere))
  expect(claims.map(({ length }) => length)).toEqual([100, 100, 100, 100])
  expect(new Set(claims.flat()).size).toBe(400)
})

test('a port that a server without a claim listens on is passed over', async () => {
  const { server, port } = await serverWithoutClaim(20_000)
  onTestFinished(() => void server.close())
  expect(await claimPort(port - 20_000)).not.toBe(port)
})

test('what was claimed is free to listen on, again and again', async () => {
  const port = await claimPort()
  for (let start = 0; start < 3; start += 1) {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  }
})

async function serverWithoutClaim(port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return { server, port }
  } catch {
    return serverWithoutClaim(port + 1)
  }
}
