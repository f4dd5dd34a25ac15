import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { bin } from '../support/run-command.ts'

/** Runs the command in a process that claims to be another version of Node, and lists on stderr what it loads. */
function runOn(
  version: string,
  ...args: string[]
): { status: number | null; stderr: string; stdout: string } {
  const preload = `
    import { registerHooks } from 'node:module'
    Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} })
    registerHooks({ load: (url, context, next) => {
      process.stderr.write('loaded ' + url + '\\n')
      return next(url, context)
    } })`
  const url = `data:text/javascript,${encodeURIComponent(preload)}`
  return spawnSync(process.execPath, ['--import', url, bin, ...args], { encoding: 'utf8' })
}

const oldest = manifest.engines.node.replace('>=', '')

test.each(['18.20.8', '20.20.2', '22.18.0'])(
  'on Node %s it says which Node is needed, before anything is loaded',
  (version) => {
    const { status, stdout, stderr } = runOn(version, 'run', '--once')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`asana-audit needs Node ${oldest} or later, and this is Node ${version}`)
    expect(stderr.match(/^loaded .*/gm)?.map((line) => line.replace(/.*\//, ''))).toEqual(['bin.js'])
  },
)

test.each([`${oldest}.0`, '24.0.0', '100.0.1'])('on Node %s it runs', (version) => {
  expect(runOn(version, '--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` })
})
