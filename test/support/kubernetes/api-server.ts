import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, vi } from 'vitest'
import type { KubernetesTool } from '../../../scripts/kubernetes/location.ts'
import { closedPort } from '../servers/listen.ts'
import { requireKubernetesTool } from './chart.ts'

export interface ApiAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: any resource of Kubernetes, a Status, or text
  readonly body: any
}

export interface ApiServer {
  /** Creates what the path names. With `dryRun`, the server does all but keep it. An unknown field is an error. */
  readonly create: (
    path: string,
    resource: object,
    options?: { readonly dryRun?: boolean },
  ) => Promise<ApiAnswer>
  readonly get: (path: string) => Promise<ApiAnswer>
  readonly stop: () => Promise<void>
}

/** A kube-apiserver with an etcd, in a folder, on loopback. Nothing else of Kubernetes runs, so what is created stays as it is. */
export async function startApiServer(folder: string): Promise<ApiServer> {
  const port = async (): Promise<string> => new URL(await closedPort()).port
  const [client, peer, secure] = [await port(), await port(), await port()]
  const etcd = start('etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ])
  const certificates = join(folder, 'certificates')
  mkdirSync(certificates)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const keys = [join(folder, 'accounts.key'), join(folder, 'accounts.pub')] as const
  writeFileSync(keys[0], privateKey)
  writeFileSync(keys[1], publicKey)
  writeFileSync(join(folder, 'tokens.csv'), 'a-token,tester,1,system:masters\n')
  const server = start('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${certificates}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${keys[0]}`,
    `--service-account-key-file=${keys[1]}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
  ])
  const call = caller(secure, join(certificates, 'apiserver.crt'))
  const stop = async (): Promise<void> => {
    await server.stop()
    await etcd.stop()
  }
  try {
    const ready = async (): Promise<void> => expect((await call('GET', '/readyz')).status).toBe(200)
    await Promise.race([vi.waitFor(ready, { timeout: 200_000 }), server.ended, etcd.ended])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    create: (path, resource, { dryRun = false } = {}) =>
      call('POST', `${path}?fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`, resource),
    get: (path) => call('GET', path),
    stop,
  }
}

interface Program {
  readonly stop: () => Promise<void>
  /** Rejects when it ends by itself, with the last it said. */
  readonly ended: Promise<never>
}

function start(name: KubernetesTool, args: readonly string[]): Program {
  const child = spawn(requireKubernetesTool(name), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000)
  })
  const exit = once(child, 'exit')
  const ended = exit.then(([code]) => {
    throw new Error(`${name} ended with ${code}. It said last:\n${said}`)
  })
  // After the start nobody waits for it.
  ended.catch(() => undefined)
  return {
    ended,
    async stop() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

type Call = (method: string, path: string, body?: object) => Promise<ApiAnswer>

/** The server makes its certificate itself when it starts. */
function caller(port: string, certificate: string): Call {
  return async (method, path, body) => {
    const headers = {
      authorization: 'Bearer a-token',
      accept: 'application/json',
      'content-type': 'application/json',
    }
    const ca = existsSync(certificate) ? readFileSync(certificate) : undefined
    const sent = request({ host: '127.0.0.1', port, method, path, headers, ...(ca && { ca }) })
    sent.end(body && JSON.stringify(body))
    const [answer] = await once(sent, 'response')
    const said = await text(answer)
    return { status: answer.statusCode, body: said.startsWith('{') ? JSON.parse(said) : said }
  }
}
