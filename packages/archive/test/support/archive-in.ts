import type { ClosableSink, Identified } from '@asana-audit/core'
import { onTestFinished } from 'vitest'
import {
  type ArchiveReport,
  type ArchiveSinkOptions,
  archiveSink,
  folderStore,
  verifyArchive,
} from '../../src/index.ts'

const ocsf = { region: 'eu-central-1' }

/** A sink for the archive in a folder, closed after the test. */
export function archiveIn(path: string, options: Partial<ArchiveSinkOptions> = {}): ClosableSink<Identified> {
  const sink = archiveSink({ store: folderStore({ path }), lane: 'test', ocsf, ...options })
  onTestFinished(() => sink.close())
  return sink
}

export const going = (): AbortSignal => new AbortController().signal

export function verified(
  path: string,
  options: Partial<Parameters<typeof verifyArchive>[0]> = {},
): Promise<ArchiveReport> {
  return verifyArchive({ store: folderStore({ path }), ...options })
}

/** The codes of the problems, each with the key it is about. */
export async function problemsOf(
  path: string,
  options: Partial<Parameters<typeof verifyArchive>[0]> = {},
): Promise<string[]> {
  const { problems } = await verified(path, options)
  return problems.map(({ code, key }) => `${code} ${key}`)
}
