import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AsanaSettings,
  type PageServer,
  startPageServer,
  token,
  workspace,
} from './src/asana/page-server.ts'

interface Page {
  readonly data: { readonly gid: string; readonly created_at: string }[]
  readonly next_page: { readonly offset: string; readonly path: string } | null
}

const settings: AsanaSettings = {
  events: 2_500,
  warmUp: 0,
  density: 'skewed',
  days: 89,
  everyMs: null,
  eventBytes: 0,
  latencyMs: 0,
  requestsPerMinute: null,
  gzip: true,
}
let server: PageServer
let simulator: Simulator
let times: string[]

beforeAll(async () => {
  server = await startPageServer()
  server.set(settings)
  const { pages } = await read(server.url, '')
  const events = pages.flatMap(({ data }) => data)
  times = events.map(({ created_at }) => created_at)
  simulator = await startSimulator({
    events,
    token,
    maxLimit: 1000,
    requestsPerMinute: Number.POSITIVE_INFINITY,
  })
})
afterAll(async () => {
  server.close()
  await simulator.close()
})

async function get(base: string, query: string): Promise<Response> {
  const url = `${base}/workspaces/${workspace}/audit_log_events?${query}`
  return await fetch(url, { headers: { authorization: `Bearer ${token}` } })
}

/** All pages of a query up to the empty one. */
async function read(base: string, query: string): Promise<{ pages: Page[]; gzip: boolean }> {
  const pages: Page[] = []
  let gzip = true
  for (let offset = ''; ; ) {
    const response = await get(base, query + offset)
    gzip &&= response.headers.get('content-encoding') === 'gzip'
    const page = (await response.json()) as Page
    pages.push(page)
    if (page.data.length === 0 || !page.next_page) return { pages, gzip }
    offset = `&offset=${encodeURIComponent(page.next_page.offset)}`
  }
}

const shapes = (pages: readonly Page[]): unknown =>
  pages.map(({ data, next_page }) => [data, next_page !== null])

test.each([
  ['everything', () => ''],
  ['pages of another size', () => 'limit=333'],
  ['from the very time of an event', () => `start_at=${times[700]}`],
  ['up to the very time of an event', () => `end_at=${times[700]}&limit=70`],
  ['a window between two events', () => `start_at=${times[1200]}&end_at=${times[1777]}`],
  ['a window of nothing', () => `start_at=${times[5]}&end_at=${times[5]}`],
  ['a window before everything', () => 'end_at=2020-01-01T00:00:00.000Z'],
])('%s: it answers as the simulator does', async (_, query) => {
  const [ours, theirs] = [await read(server.url, query()), await read(simulator.url, query())]
  expect(shapes(ours.pages)).toEqual(shapes(theirs.pages))
  expect(ours.gzip).toBe(true)
})

test('events are in order, and their times follow the skew', () => {
  expect(times).toEqual([...times].sort())
  const atNight = times.filter((time) => Number(time.slice(11, 13)) < 6)
  expect(atNight.length).toBeGreaterThan(0)
  expect(atNight.length).toBeLessThan(times.length / 50)
})

test('an offset is refused with other filters than those it was given for', async () => {
  const { pages } = await read(server.url, 'limit=1000')
  const offset = encodeURIComponent(pages[0]!.next_page!.offset)
  expect((await get(server.url, `offset=${offset}`)).status).toBe(200)
  expect((await get(server.url, `offset=${offset}&start_at=${times[3]}`)).status).toBe(400)
})

test('a quota accepts a burst, then refuses with a time to wait', async () => {
  server.set({ ...settings, requestsPerMinute: 60 })
  const statuses: number[] = []
  for (let request = 0; request < 60; request++) statuses.push((await get(server.url, 'limit=1')).status)
  expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 200))
  expect(statuses.at(-1)).toBe(429)
  const refused = await get(server.url, 'limit=1')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(server.stats().refused).toBeGreaterThan(1)
  server.set(settings)
})

test('a log of the present shows each event from its time on, and continues after an empty page', async () => {
  const [events, everyMs] = [60, 5]
  server.set({ ...settings, events, everyMs })
  const seen: Page['data'] = []
  for (let offset = ''; seen.length < events; ) {
    const page = (await (await get(server.url, `limit=7${offset}`)).json()) as Page
    for (const { created_at } of page.data) expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now())
    seen.push(...page.data)
    if (page.next_page) offset = `&offset=${encodeURIComponent(page.next_page.offset)}`
  }
  const times = seen.map(({ created_at }) => Date.parse(created_at))
  expect(times).toEqual(times.map((_, rank) => server.shownAt(rank)))
  expect(times.at(-1)! - times[0]!).toBe((events - 1) * everyMs)
  server.set(settings)
})
