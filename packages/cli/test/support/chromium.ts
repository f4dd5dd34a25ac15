import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium'
/** Without Chromium the tests are skipped; with REQUIRE_CHROMIUM=1 they fail instead. */
export const noBrowser: boolean = !existsSync(executablePath) && process.env['REQUIRE_CHROMIUM'] !== '1'
const flags =
  '--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync'

/** Only what hangs should fail by time. */
const timeout = 200_000

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags.split(' '), timeout })
}

export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(timeout)
  return page
}
