import type { Outcome } from '../case.ts'
import { lastWord, onProgram } from '../program/on-program.ts'
import { tellingUsage, toldUsage } from '../program/usage.ts'

/** A program that ends by itself: its duration, and in a second run its most memory. */
export const wholeLife = onProgram(async ({ setup, launch }): Promise<Outcome> => {
  const started = performance.now()
  const running = launch()
  const code = await running.ended
  const ms = performance.now() - started
  if (code !== 0) return { error: lastWord(running.said()) }
  await launch(tellingUsage(setup.folder)).ended
  return { figures: { ms, residentMb: toldUsage(setup.folder).peakMb } }
})
