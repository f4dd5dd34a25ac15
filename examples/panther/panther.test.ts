import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { applyFieldPolicy, defaultFieldPolicy, indicators } from '@asana-audit/schema'
import { type PantherField, pantherSchema } from '@asana-audit/schema/dialects/panther'
import { startSimulator } from '@asana-audit/simulator'
import { beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { bundledBin } from '../../scripts/bundle/bundled-bin.ts'

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

async function command(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const ran = await promisify(execFile)(process.execPath, [bundledBin, ...args], {
    env: { PATH, HOME, ...env },
  })
  return ran.stdout
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-panther-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

test('the schema file is what the command prints', async () => {
  const printed = await command(['schema', '--format', 'panther', '--name', 'Custom.AsanaAudit'])
  expect(read('custom_asana_audit.yml')).toBe(printed)
  expect(parse(printed)).toEqual(pantherSchema({ name: 'Custom.AsanaAudit' }))
})

/** Why a value does not fit a field; a required one that is missing keeps Panther from taking the whole event. */
function misfits(fields: readonly PantherField[], value: Record<string, unknown>, at = ''): string[] {
  return fields.flatMap(({ name, type, required, fields: inner = [] }) => {
    const path = `${at}${name}`
    const found = value[name]
    if (found === undefined || found === null) return required ? [`${path} is missing`] : []
    if (type === 'object') {
      return typeof found === 'object'
        ? misfits(inner, found as typeof value, `${path}.`)
        : [`${path} is no object`]
    }
    return type === 'json' || typeof found === 'string' ? [] : [`${path} is no text`]
  })
}

test('the pipeline fills files with every event, in the shape of the schema', async () => {
  const simulator = await startSimulator({ events: 4_000 })
  try {
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'simulator-token')
    // Smaller files, so that a few thousand events fill some.
    const config = join(folder, 'asana-audit.yaml')
    writeFileSync(config, read('asana-audit.yaml').replace('16777216', '1048576'))
    const env = {
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN_FILE: tokenFile,
      ASANA_BASE_URL: simulator.url,
      STATE_PATH: join(folder, 'state.db'),
      AUDIT_FILE: join(folder, 'audit.jsonl'),
    }
    await command(['run', '--once', '--config', config], env)
    const full = globSync('audit-*.jsonl', { cwd: folder }).sort()
    expect(full.length).toBeGreaterThan(0)
    const lines = [...full, 'audit.jsonl'].flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
    )
    const events = lines.map((line) => JSON.parse(line))
    expect(events.map(({ gid }) => gid)).toEqual(simulator.events.map(({ gid }) => gid))
    const { fields } = parse(read('custom_asana_audit.yml'))
    for (const [index, event] of events.entries()) {
      expect(misfits(fields, event)).toEqual([])
      const { p_log_type, p_event_time, p_any_emails, p_any_ip_addresses, p_any_usernames, ...rest } = event
      const sent = applyFieldPolicy(simulator.events[index], defaultFieldPolicy)
      expect(rest).toEqual(sent)
      const { email, ip, username } = indicators(rest)
      expect([p_any_emails ?? [], p_any_ip_addresses ?? [], p_any_usernames ?? []]).toEqual([
        email,
        ip,
        username,
      ])
      expect(`${p_event_time.replace(' ', 'T')}Z`).toBe(new Date(rest.created_at).toISOString())
      expect(p_log_type).toBe('Asana.Audit')
    }
  } finally {
    await simulator.close()
  }
})

test('what does not fit the schema would be noticed', () => {
  const { fields } = pantherSchema()
  const event = { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type: 'x', actor: { name: 'Ada' } }
  expect(misfits(fields, event)).toEqual([])
  expect(misfits(fields, { ...event, gid: undefined })).toEqual(['gid is missing'])
  expect(misfits(fields, { ...event, actor: { name: 7 } })).toEqual(['actor.name is no text'])
})
