import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { logLines, type Running, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { loginEvent, startAsana, workspace } from '../support/servers/asana-server.ts'

const patient = { timeout: 240_000 }

/** The environment of a command that gets a signal at the very moment in which its main part is loaded. */
function signalledWhileLoading(signal: NodeJS.Signals): Readonly<Record<string, string>> {
  const hook = `
    import { readFileSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    const isMain = (url) => url.startsWith('file:') && readFileSync(new URL(url), 'utf8').includes('packages/cli/src/main.ts')
    registerHooks({
      load(url, context, next) {
        if (isMain(url)) process.kill(process.pid, '${signal}')
        return next(url, context)
      },
    })`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` }
}

async function endOf({ child }: Running): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null
    ? once(child, 'exit')
    : [child.exitCode, child.signalCode]
}

// Windows has no signals.
describe.skipIf(process.platform === 'win32')('while a command still loads', () => {
  test.each(['TERM', 'INT'])('SIG%s ends it as stopped, with 0, before anything is begun', async (signal) => {
    const asana = await startAsana({ events: [loginEvent(1)] })
    const folder = temporaryFolder()
    const [file, state] = [join(folder, 'audit.jsonl'), join(folder, 'state.db')]
    // The command that prints the address of a proxy is run while the settings are read.
    const script = `kill -${signal} $PPID; while kill -0 $PPID 2> /dev/null; do sleep 0.1; done; echo proxy:1`
    const env = { ...asana.env, HTTPS_PROXY_EXEC: JSON.stringify(['sh', '-c', script]) }
    const running = startCommand(['run', '--once', '--to', `file:${file}`, '--state', state], { env })
    expect(await endOf(running), running.stderr()).toEqual([0, null])
    expect([existsSync(file), existsSync(state)]).toEqual([false, false])
  })

  test('SIGTERM ends one that only looks as it ends any program', async () => {
    const env = signalledWhileLoading('SIGTERM')
    expect(await endOf(startCommand(['health'], { env }))).toEqual([null, 'SIGTERM'])
  })

  test('SIGHUP is remembered, and a service reads its file once its pipelines run', async () => {
    const asana = await startAsana({ events: [loginEvent(1)] })
    const folder = temporaryFolder()
    const [config, file] = [join(folder, 'pipelines.yaml'), join(folder, 'audit.jsonl')]
    writeFileSync(
      config,
      `state: ${join(folder, 'state.db')}\npipelines: [{ name: a, workspace: "${workspace}", to: { file: { path: ${file} } } }]`,
    )
    const env = { ...asana.env, ...signalledWhileLoading('SIGHUP') }
    const running = startCommand(['run', '--config', config], { env })
    const said = (): unknown[] =>
      logLines(running.stderr().replace(/[^\n]*$/, '')).map(({ message }) => message)
    await vi.waitFor(() => expect(said(), running.stderr()).toContain('reloaded'), patient)
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toContain('\n'), patient)
    running.child.kill('SIGTERM')
    expect(await endOf(running)).toEqual([0, null])
    expect(said().filter((message) => message === 'reloaded')).toHaveLength(1)
  }, 280_000)

  test('SIGHUP ends a run that follows no file as it ends any program', async () => {
    const asana = await startAsana({ events: [loginEvent(1)] })
    const folder = temporaryFolder()
    const words = ['run', '--to', `file:${join(folder, 'a')}`, '--state', join(folder, 'state.db')]
    const env = { ...asana.env, ...signalledWhileLoading('SIGHUP') }
    expect(await endOf(startCommand(words, { env }))).toEqual([null, 'SIGHUP'])
  })
})
