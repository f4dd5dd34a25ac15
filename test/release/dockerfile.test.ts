import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { containerConfig } from '../../scripts/image/image-config.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'
import { repository } from '../support/release/packed-packages.ts'

/** The instructions, each on one line, without comments. */
const instructions = (text: string): string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replaceAll(/ +/g, ' '))

const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8')
const page = readFileSync(join(repository, 'docs/platform-teams.md'), 'utf8')

test('the Dockerfile starts the same command for the same user as the image made without Docker', () => {
  const last = dockerfile.replaceAll('\\\n', ' ').split('\nFROM ').at(-1) ?? ''
  const said = (instruction: string): string[] =>
    [...last.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, value = '']) => value.trim())
  const list = (instruction: string): unknown => JSON.parse(said(instruction)[0] ?? '')
  expect(said('USER')).toEqual([containerConfig.User])
  expect(containerConfig.Env).toEqual(expect.arrayContaining(said('ENV')))
  expect(list('ENTRYPOINT')).toEqual(containerConfig.Entrypoint)
  expect(list('CMD')).toEqual(containerConfig.Cmd)
  expect(list('VOLUME')).toEqual(Object.keys(containerConfig.Volumes))
  const { Test, Interval, Timeout, StartPeriod } = containerConfig.Healthcheck
  const [kind, ...command] = Test
  expect(said('HEALTHCHECK')).toEqual([
    `--interval=${Interval / 1e9}s --timeout=${Timeout / 1e9}s --start-period=${StartPeriod / 1e9}s ${kind} ${JSON.stringify(command).replaceAll(',', ', ')}`,
  ])
  const labels = [...last.matchAll(/(org\.opencontainers\.\S+?)="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  expect(containerConfig.Labels).toMatchObject(Object.fromEntries(labels) as Record<string, string>)
})

test('the Dockerfile has each instruction that the page for platform teams shows', () => {
  const shown = codeBlocks(page, 'dockerfile').flatMap(instructions)
  expect(shown).not.toEqual([])
  expect(instructions(dockerfile)).toEqual(expect.arrayContaining(shown))
})

test('the Dockerfile builds the package with the commands that the page shows for npm', () => {
  const [, section = ''] = page.split('\n**With npm.**')
  const [build = '', install = ''] = codeBlocks(section, 'sh')[0]?.split('\n') ?? []
  const run = instructions(dockerfile).find((line) => line.startsWith('RUN '))
  const offline = install.replace('--global', '--global --offline --prefix /installed')
  expect(offline).not.toBe(install)
  expect(run).toContain(`RUN ${build} && ${offline} && `)
})

test('the user and the folder of the state are those that the page says', () => {
  expect(page).toContain(`Both images run as user ${containerConfig.User}, keep the state in `)
  const [folder] = Object.keys(containerConfig.Volumes)
  expect(page).toContain(`keep the state in \`${folder}\``)
  expect(page).toContain(`a volume at \`${folder}\``)
})
