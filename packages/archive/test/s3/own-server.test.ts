import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { versitygwPath } from '../../../../scripts/versitygw/location.ts'
import { freePort, runVersitygw } from '../../../../scripts/versitygw/run-versitygw.ts'
import { access, asOwner, noVersitygw, startVersitygw } from '../support/versitygw.ts'

test.skipIf(noVersitygw)(
  'a test whose port another test took makes nothing on the server of that one, and gets a server of its own',
  async () => {
    const other = await startVersitygw()
    const data = mkdtempSync(join(tmpdir(), 'asana-audit-s3-'))
    onTestFinished(() => rmSync(data, { recursive: true, force: true }))
    const taken = [Number(new URL(other.endpoint).port)]
    const prepared: string[] = []
    const { endpoint, stop } = await runVersitygw({
      ...{ binary: versitygwPath(process.env) ?? '', access, data },
      port: async () => taken.pop() ?? (await freePort()),
      async prepare(at) {
        prepared.push(at)
        return (await asOwner('PUT', at, 'mine')).ok && existsSync(join(data, 'mine'))
      },
    })
    onTestFinished(stop)
    expect(taken).toEqual([])
    expect(prepared).toEqual([endpoint])
    expect(existsSync(join(other.folder, '../mine'))).toBe(false)
  },
)
