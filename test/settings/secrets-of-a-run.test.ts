import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { recordingProxy } from '../../packages/core/test/support/recording-proxy.ts'
import { runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { loginEvent, startAsana, token } from '../support/servers/asana-server.ts'
import { listen } from '../support/servers/listen.ts'

const secrets = {
  header: 'header-secret-0123456789',
  proxy: 'proxy-secret-0123456789',
  webhook: 'webhook-secret-0123456789',
  key: 'key-secret-0123456789',
  listen: 'listen-secret-0123456789-0123456789',
}

test('a run at its most talkative shows no secret: not in its log, its pages, its metrics nor in what others print about it', async () => {
  const folder = temporaryFolder()
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  // One event is bad, so that something is in the quarantine.
  const asana = await startAsana({ events: [loginEvent(0), JSON.stringify({ gid: '7', note: 'no event' })] })
  const receiver = await startReceiver({
    instead: (response, { headers }) =>
      headers['x-api-key'] !== secrets.header && Boolean(response.writeHead(401).end()),
  })
  const proxy = await recordingProxy()
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const webhook = await listen((_, response) => response.writeHead(500).end())
  const state = join(folder, 'state.db')
  const config = put(
    'pipelines.yaml',
    `state: ${state}
listen: 127.0.0.1:0
listen_token_file: ${put('listen', secrets.listen)}
alarm:
  webhooks:
    - { url_file: ${put('url', `${webhook}/${secrets.webhook}`)}, key_file: ${put('key', secrets.key)} }
pipelines:
  - name: main
    workspace: "${asana.env['ASANA_WORKSPACE']}"
    base_url: ${asana.baseUrl}
    token_exec: [cat, ${put('token', token)}]
    to:
      otlp:
        endpoint: ${receiver.origin}/v1/logs
        headers_exec: [cat, ${put('headers', `x-api-key=${secrets.header}`)}]
`,
  )
  const env = {
    HTTP_PROXY_FILE: put('proxy', `http://user:${secrets.proxy}@${proxy.host}`),
    NO_PROXY: new URL(asana.baseUrl).host,
  }
  const running = startCommand(['run', '--config', config, '--log-level', 'debug'], { env })
  await vi.waitFor(() => expect(receiver.accepted.length).toBeGreaterThan(0), { timeout: 200_000 })
  const [, origin = ''] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(running.stderr()) ?? []
  const shown: Record<string, string> = {}
  for (const path of ['/', '/status.json', '/metrics', '/readyz']) {
    const answer = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${secrets.listen}` } })
    shown[path] = await answer.text()
    expect([path, answer.status]).toEqual([path, 200])
  }
  for (const args of [
    ['config', 'explain', config, '--json'],
    ['config', 'check', config, '--json'],
    ['check', '--config', config, '--json'],
    ['state', 'show', '--json', '--state', state],
    ['quarantine', 'list', '--json', '--state', state],
    ['health', '--json', '--config', config],
  ]) {
    const { stdout, stderr } = await runCommand(args, { env })
    shown[args.join(' ')] = stdout + stderr
    expect([args, stdout]).toEqual([args, expect.stringMatching(/^[[{]/)])
  }
  running.child.kill('SIGTERM')
  const { code, stdout, stderr } = await running.finished
  // One event is in the quarantine.
  expect(code).toBe(3)
  Object.assign(shown, { stdout, stderr })
  expect(proxy.credentials.length).toBeGreaterThan(0)
  for (const [where, text] of Object.entries(shown)) {
    for (const secret of [token, ...Object.values(secrets)])
      expect(text.includes(secret), `${secret} in ${where}`).toBe(false)
  }
})
