import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { eventWriter } from '../../src/query/event-writer.ts'
import { utc } from '../../src/query/zone.ts'
import { event, writeArchive } from '../support/archive.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** For a command whose standard output is a terminal with this many columns. */
function terminal(columns: number): Record<string, string> {
  const script = `process.stdout.isTTY=true;process.stdout.columns=${columns}`
  return { NODE_OPTIONS: `--import=data:text/javascript,${script}` }
}

test.each([60, 75, 76, 140])('a terminal of %i columns shows the whole gid of each event', (width) => {
  const events = generateEvents({ count: 20, from: 0, until: 86_400_000 })
  const written: string[] = []
  const write = (text: string): void => {
    written.push(text)
  }
  const toLine = (event: object) => JSON.stringify(event)
  const writer = eventWriter({ form: 'table', zone: utc, width, related: false, toLine, write })
  for (const event of events) writer.event(event)
  writer.end()
  const shown = written.join('')
  for (const { gid } of events) expect(shown).toContain(gid)
  for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
})

test('a terminal that is too narrow for the column FROM is told so, and how to see it', async () => {
  const archive = await writeArchive(file('events.jsonl'), [event('1')])
  const query = (columns: number, ...more: string[]) =>
    runCommand(['query', '--from', archive, ...more], terminal(columns))
  const narrow = await query(75)
  expect([narrow.code, narrow.stdout]).toEqual([0, expect.not.stringContaining('FROM')])
  expect(narrow.stderr).toBe(
    'The column FROM needs 76 columns and this terminal has 75, so it is not shown. Widen the terminal, or give --output csv.\n',
  )
  const wide = await query(76)
  expect([wide.stdout, wide.stderr]).toEqual([expect.stringContaining('FROM'), ''])
  for (const more of [
    ['--output', 'csv'],
    ['--count-by', 'event_type'],
  ])
    expect(await query(60, ...more)).toMatchObject({ code: 0, stderr: '' })
})
