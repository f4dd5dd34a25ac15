import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty directory for one test. */
export function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'asana-audit-otlp-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
