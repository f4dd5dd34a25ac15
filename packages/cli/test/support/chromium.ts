import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium'
/** Without Chromium the tests are skipped; with REQUIRE_CHROMIUM=1 they fail instead. */
export const noBrowser: boolean = !existsSync(executablePath) && process.env['REQUIRE_CHROMIUM'] !== '1'
const flags =
  '--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags.split(' ') })
}
