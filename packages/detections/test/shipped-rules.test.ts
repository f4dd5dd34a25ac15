import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isKnownEventType, parseAuditLogEvent } from '@asana-audit/schema'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createDetector, type Hit, shippedRules, shippedRulesFolder } from '../src/index.ts'
import { readSamples, sampleEvents, samplesFolder } from './sample-events.ts'

const rules = await shippedRules()
const ruleNames = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.yml'))
const files = ruleNames(shippedRulesFolder)

/** The hits of the rule in `file` when all rules run. */
function hitsOf(file: string, lines: Parameters<typeof sampleEvents>[0]): Hit[] {
  const detector = createDetector({ rules })
  const hits = sampleEvents(lines).flatMap((event) => {
    expect(parseAuditLogEvent(event)).toEqual({ event })
    return detector.add(event)
  })
  return hits.filter(({ rule }) => rule.file === join(shippedRulesFolder, file))
}

test('every rule has samples, and every file of samples has a rule', () => {
  expect(ruleNames(samplesFolder).sort()).toEqual(files.sort())
})

describe.each(files)('%s', (file) => {
  const { fires, quiet } = readSamples(file)

  test.each(Object.entries(fires))('fires once: %s', (_, lines) => {
    expect(hitsOf(file, lines)).toHaveLength(1)
  })

  test.each(Object.entries(quiet))('stays quiet: %s', (_, lines) => {
    expect(hitsOf(file, lines)).toEqual([])
  })
})

test('each file has one rule that reports hits, with all the fields a reader needs', () => {
  const reporting = rules.filter(({ reports }) => reports)
  expect(reporting.map(({ file }) => file).sort()).toEqual(
    files.map((file) => join(shippedRulesFolder, file)),
  )
  for (const { id, title, description, tags, references, falsePositives, status } of reporting) {
    expect(id, title).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(tags.join(' '), title).toMatch(/attack\.[a-z-]+ .*attack\.t\d{4}/)
    expect([description, references[0], falsePositives[0], status], title).not.toContain(undefined)
  }
})

test('rules name only event types of the catalogue, whole or by their ending', () => {
  const named = files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(shippedRulesFolder, file), 'utf8')).flatMap((document) => {
      const { detection = {} } = document.toJS() as { detection?: Record<string, unknown> }
      return Object.values(detection).flatMap((search) => {
        const value = (search as Record<string, unknown>)['event_type']
        return typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
      })
    }),
  )
  expect(named.length).toBeGreaterThan(60)
  expect(named.filter((name) => !isKnownEventType(name))).toEqual([])
})
