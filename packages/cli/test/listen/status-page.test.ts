import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import { ask } from '../support/ask.ts'
import { launchChromium, newPage, noBrowser } from '../support/chromium.ts'
import { hostileNames, revokedToken, type Scene, statusScene } from '../support/status-scene.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
let scenes = 0

async function scene(more: readonly string[] = []): Promise<Scene> {
  scenes += 1
  const made = await statusScene(inFolder(`state-${scenes}.db`), more)
  onTestFinished(() => made[Symbol.asyncDispose]())
  return made
}

describe('the status page as text', () => {
  test('a pause says its step, since when, and when it goes on; nothing but the page is named', async () => {
    const { url } = await scene()
    const { status, body, headers } = await ask(url)
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    })
    expect(body).toContain(revokedToken)
    expect(body).toMatch(/Paused since .* at Asana \(.*wrong_token.*\)\. It tries again by itself in 4 min/)
    expect(body).toMatch(/Failing since .* at the destination .*Nothing is lost meanwhile/)
    expect(body).toContain('Look at these')
    expect(body).toContain('alarm: drop off; failing at the destination: ECONNREFUSED')
    expect(body).toContain('No event for 2 h, where 40 would have come.')
    expect(body).toContain('drop_off; too little is known yet to judge retention')
    expect(body).toContain('half within 1.3 s, 99 % within 9.0 s, at most 9.0 s')
    expect(body).toContain('32 % read, time left not known yet; its pace is limited by quota.')
    expect(body).toContain(`asana-audit quarantine list --pipeline paused --state ${inFolder('state-1.db')}`)
    expect(body).toContain('<h3>Last findings of rules</h3>')
    expect(body).toMatch(/<strong>high<\/strong>: A service account was made, by ada@example\.com<\/li>/)
    const outside = [...body.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, to]) => to)
    expect(outside.filter((to) => !/^(\/|data:,$)/.test(to ?? ''))).toEqual([])
  })

  test('events that wait in an archive to be written together are not passed over in silence', async () => {
    const { url, observer, tell } = await scene()
    const destination = { kind: 'archive', maxAgeMs: 300_000 }
    observer.begins?.({ name: 'acme', destination } as PipelineSettings)
    observer.begins?.({ name: 'new', destination } as PipelineSettings)
    const page = { type: 'page_read', malformed: 0, bytes: 9, ms: 1, newestAt: undefined } as const
    tell('acme', { ...page, events: 1 })
    tell('new', { ...page, events: 0 })
    const waiting = /events; more wait, up to 5 min, until they are written together/g
    expect((await ask(url)).body.match(waiting)).toHaveLength(1)
  })

  test('the same reason that stops new events and the backlog is shown once', async () => {
    const { url, observer } = await scene()
    const wrong = { part: 'source', code: 'wrong_token', message: revokedToken } as const
    for (const lane of ['live', 'backlog'])
      observer.fact({ pipeline: 'behind', lane }, { type: 'paused', ...wrong, waitMs: 300_000 })
    expect((await ask(url)).body).toMatch(/>behind<\/a>: paused at Asana: wrong_token</)
  })

  test('hostile names are text', async () => {
    const { url } = await scene()
    const { body, headers } = await ask(url)
    for (const tag of ['<script>document', '<img', '<b>', '\u202e', '\u001b']) expect(body).not.toContain(tag)
    expect(body).toContain('&#60;b&#62;bold')
    expect(body).toMatch(/: &#60;img src=.*, by &#60;\/script&#62;/)
    expect(headers['content-security-policy']).not.toContain('unsafe')
    const found = await ask(`${url}?${new URLSearchParams({ q: hostileNames[0] as string })}`)
    expect(found.body).toContain('1 pipeline found.')
    expect(found.body).not.toContain('<script>document')
  })

  test('of many pipelines it shows fifty, those that need a person first, and finds the others', async () => {
    const more = Array.from({ length: 100 }, (_, index) => `tenant ${index}`)
    const { url } = await scene(more)
    const shown = async (query: string): Promise<string[]> =>
      [...(await ask(url + query)).body.matchAll(/<h2 id="p[^"]+">([^<]*)</g)].map(([, name]) => name ?? '')
    expect((await shown('')).slice(0, 3)).toEqual(['ended', 'paused', 'down'])
    const all = [...(await shown('')), ...(await shown('?page=2')), ...(await shown('?page=3'))]
    expect([all.length, new Set(all).size]).toEqual([110, 110])
    expect(await shown('?q=TENANT+42')).toEqual(['tenant 42'])
    expect(await shown('?q=none')).toEqual([])
    expect(await shown('?page=999999')).toHaveLength(10)
    expect(await shown('?page=-1&q=')).toHaveLength(50)
  })
})

describe.skipIf(noBrowser)('the status page in Chromium', () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function open(url: string, options: Parameters<typeof browser.newContext>[0] = {}) {
    const page = await newPage(browser, options)
    onTestFinished(() => page.close())
    const errors: string[] = []
    const requests: string[] = []
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', ({ message }) => errors.push(message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(url)
    return { page, errors, requests }
  }

  const unfold = (page: Page): Promise<unknown> =>
    page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')

  test.each([
    [1_280, 'light'],
    [1_280, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)(
    'at %i pixels in the %s scheme it fits, asks for nothing else and can be read',
    async (width, colorScheme) => {
      const { url } = await scene()
      const { page, errors, requests } = await open(url, { viewport: { width, height: 800 }, colorScheme })
      await unfold(page)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      expect({ errors, requests }).toEqual({ errors: [], requests: [url] })
      expect(await page.title()).toBe('(3) Asana audit log')
      const ratios = (await page.evaluate(contrasts)) as { text: string; ratio: number }[]
      expect(ratios.length).toBeGreaterThan(50)
      expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([])
    },
  )

  test('it renews itself in place: focus, what is unfolded and the scroll position stay', async () => {
    const { url, tell } = await scene()
    const { page, errors } = await open(url, { viewport: { width: 360, height: 500 } })
    const summary = page
      .locator('article', { has: page.getByRole('heading', { name: 'acme' }) })
      .locator('summary')
    await summary.focus()
    await page.keyboard.press('Enter')
    const place =
      '[document.activeElement.id, document.activeElement.parentElement.open, Math.round(scrollY)]'
    const before = await page.evaluate(place)
    expect(before).toEqual([await summary.getAttribute('id'), true, expect.any(Number)])
    tell('acme', {
      type: 'paused',
      part: 'sink',
      code: 'http_403',
      message: 'Give a new key.',
      waitMs: 60_000,
    })
    await vi.waitFor(async () => expect(await page.textContent('body')).toContain('Give a new key.'), {
      timeout: 200_000,
    })
    expect(((await page.evaluate(place)) as unknown[]).slice(0, 2)).toEqual((before as unknown[]).slice(0, 2))
    expect(await page.title()).toBe('(4) Asana audit log')
    expect(errors).toEqual([])
  })

  test('if the run has ended, it says that what is shown is old', async () => {
    const { url, observer } = await scene()
    const { page } = await open(url)
    expect(await page.isVisible('#stale')).toBe(false)
    await observer.close()
    await page.waitForSelector('#stale:not([hidden])')
    expect(await page.textContent('#stale')).toMatch(/^No answer since .* What you see is old/)
  })

  test('without scripts everything can be read, and the page loads itself again', async () => {
    const { url } = await scene()
    const { page, errors } = await open(url, { javaScriptEnabled: false })
    expect(await page.textContent('main')).toContain(revokedToken)
    expect(await page.getAttribute('noscript meta, meta[http-equiv=refresh]', 'content')).toBe('30')
    expect(errors).toEqual([])
  })

  test('a screen reader gets headings, names of pipelines and each picture in words', async () => {
    const { url } = await scene()
    const { page } = await open(url)
    const tree = await page.locator('body').ariaSnapshot()
    expect(tree).toContain('- article "paused":')
    expect(tree).toMatch(/img "Events by the hour: [\d,]+ events in seven days/)
    expect(tree).toContain('- progressbar "Share of the backlog that is read"')
    expect(tree).toMatch(/- status: "?10 pipelines: 1 ended, 1 paused/)
  })
})

/** The contrast of each text with what is behind it, as WCAG 2 counts it. */
const contrasts = `(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number)
  const light = (color) => {
    const [r, g, b] = numbers(color).map((value) => value / 255).map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor
      if (numbers(color)[3] !== 0) return color
    }
    return 'rgb(255, 255, 255)'
  }
  return [...document.querySelectorAll('body *:not(script)')]
    .filter((one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== '') && !one.closest('[hidden]'))
    .map((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x)
      return { text: one.textContent.slice(0, 40), ratio: (a + 0.05) / (b + 0.05) }
    })
})()`
