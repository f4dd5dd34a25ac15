import { pathToFileURL } from 'node:url'
import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeArchive } from '../support/archive.ts'
import { launchChromium, newPage, noBrowser } from '../support/chromium.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const names = [
  '</script><script>document.title = "owned"</script>',
  '"><img src="http://192.0.2.1/x" onerror="document.title = 1">',
  '\u202e\u001b[2J',
  '山田 太郎',
  'x'.repeat(3_000),
]

/** Sixty days of an organisation with some hostile names and some new types. */
function hostileEvents(): AuditLogEvent[] {
  const until = Date.now()
  return generateEvents({ count: 4_000, from: until - 61 * 86_400_000, until }).map(
    (one, index, { length }) => {
      if (index % 25 > 0) return one
      const name = names[(index / 25) % names.length] as string
      return {
        ...one,
        actor: { ...one.actor, name },
        resource: { ...one.resource, name },
        ...(index > 0.7 * length && { event_type: `new_${name}`, event_category: name }),
      }
    },
  )
}

describe.skipIf(noBrowser)('the report in Chromium', () => {
  const file = temporaryFolder()
  let browser: Browser
  beforeAll(async () => {
    const archive = await writeArchive(file('archive.jsonl'), hostileEvents())
    await runCommand(['report', '--from', archive, '--out', file('report.html')])
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  /** Opens the page, and collects its errors and its requests. */
  async function open(width: number, colorScheme: 'light' | 'dark') {
    const page = await newPage(browser, { viewport: { width, height: 844 }, colorScheme })
    const errors: string[] = []
    const requests: string[] = []
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', ({ message }) => errors.push(message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(file('report.html')).href)
    return { page, errors, requests }
  }

  /** How many different colours each canvas shows: 1 when nothing was drawn. */
  const colours = (page: Page): Promise<number[]> =>
    page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return new Set(new Uint32Array(data.buffer)).size
    })`)

  test.each([
    [1_280, 'light'],
    [1_280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'at %i pixels in the %s scheme: charts are drawn, nothing is requested, and the page fits the width',
    async (width, scheme) => {
      const { page, errors, requests } = await open(width, scheme)
      const drawn = await colours(page)
      expect(drawn.length).toBe(6)
      for (const count of drawn) expect(count).toBeGreaterThan(5)
      expect(errors).toEqual([])
      expect(requests).toEqual([pathToFileURL(file('report.html')).href])
      expect(await page.title()).toMatch(/^Asana audit report, /)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      const sizes = 'document.querySelectorAll("canvas")'
      const wide = await page.evaluate(`[...${sizes}].every((one) => one.clientWidth > ${width / 2})`)
      expect(wide).toBe(true)
      const [paper, ink] = (await page.evaluate(
        '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
      )) as [string, string]
      expect(brightness(paper) > brightness(ink)).toBe(scheme === 'light')
      await page.close()
    },
  )

  test('charts are drawn again if the reader changes the scheme, and are light when printed', async () => {
    const { page, errors } = await open(1_280, 'light')
    const picture = 'document.querySelector("canvas").toDataURL()'
    const light = await page.evaluate(picture)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => page.evaluate(picture)).not.toBe(light)
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))')
    expect(await page.evaluate(picture)).toBe(light)
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))')
    expect(await page.evaluate(picture)).not.toBe(light)
    expect((await page.pdf()).length).toBeGreaterThan(10_000)
    expect(errors).toEqual([])
    await page.close()
  })

  test('each chart has a description and its figures as a table', async () => {
    const { page } = await open(390, 'light')
    const labels = (await page.evaluate(
      '[...document.querySelectorAll("canvas")].map((one) => one.getAttribute("aria-label"))',
    )) as string[]
    for (const label of labels) expect(label).toMatch(/^Bar chart/)
    expect(await page.evaluate('document.querySelectorAll("section details table").length')).toBe(
      labels.length,
    )
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.close()
  })

  test('without JavaScript the page shows the figures', async () => {
    const page = await newPage(browser, { javaScriptEnabled: false })
    await page.goto(pathToFileURL(file('report.html')).href)
    const text = await page.textContent('body')
    expect(text).toContain('The charts need JavaScript.')
    expect(text).toContain('Failed sign-ins')
    await page.close()
  })

  test('the sections a security team needs are on the page', async () => {
    const { page } = await open(1_280, 'light')
    const headings = await page.evaluate('[...document.querySelectorAll("h2")].map((one) => one.textContent)')
    expect(headings).toEqual([
      'Admin changes',
      'Sign-ins and failures',
      'Exports',
      'Deletions',
      'New event types',
      'Events over time',
      'Most active',
      'Hours of the week',
    ])
    expect(await page.textContent('#section-new-event-types')).toContain('not in the catalogue')
    await page.close()
  })

  test('a link at the top leads to each section', async () => {
    const { page } = await open(390, 'light')
    const ids = '[...document.querySelectorAll("section")].map(({ id }) => "#" + id)'
    const links = '[...document.querySelectorAll("nav a")].map((one) => one.getAttribute("href"))'
    expect(await page.evaluate(links)).toEqual(await page.evaluate(ids))
    await page.click('text=Hours of the week')
    expect(
      await page.evaluate('document.querySelector(location.hash).getBoundingClientRect().top < 844'),
    ).toBe(true)
    await page.close()
  })

  test('on a telephone no line breaks inside a word of a type or a name', async () => {
    const { page } = await open(390, 'light')
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
    const words = (await page.evaluate(`[...document.querySelectorAll('.words')].flatMap((one) => {
      const texts = [...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      return texts.flatMap((text) => [...text.data.matchAll(/[A-Za-z0-9]+/g)].map(({ 0: word, index }) => {
        const range = document.createRange()
        range.setStart(text, index)
        range.setEnd(text, index + word.length)
        return [word, new Set([...range.getClientRects()].map(({ top }) => top)).size]
      }))
    })`)) as [string, number][]
    expect(words.length).toBeGreaterThan(100)
    expect(words.filter(([, lines]) => lines > 1)).toEqual([])
    await page.close()
  })
})

/** From `rgb(244, 245, 247)`. */
function brightness(color: string): number {
  return [...color.matchAll(/\d+/g)].slice(0, 3).reduce((sum, [part]) => sum + Number(part), 0)
}
