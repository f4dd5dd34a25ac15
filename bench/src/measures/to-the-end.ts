import { createReadStream } from 'node:fs'
import type { Outcome, Round } from '../case.ts'
import { lastWord, onProgram } from '../program/on-program.ts'
import { filePath } from '../program/settings-file.ts'
import { tellingUsage, toldUsage } from '../program/usage.ts'
import { arrivals, type Tally } from '../receiver/arrivals.ts'

/** From the start of a program until it ends because every event was delivered, to each destination. */
export const toTheEnd = onProgram(async ({ one, servers, setup, launch }): Promise<Outcome> => {
  const started = performance.now()
  const running = launch(tellingUsage(setup.folder))
  const code = await running.ended
  const wallMs = performance.now() - started
  if (code === null) return { error: 'killed, by the limit of memory or by somebody' }
  if (code !== 0) return { error: lastWord(running.said()) }
  const { asana, receiver, hecReceiver } = await servers.stats()
  const tallies: Readonly<Record<string, () => Promise<Tally> | Tally>> = {
    otlp: () => receiver,
    hec: () => hecReceiver,
    file: () => inFile(filePath(setup.folder), one.events),
  }
  const { into = ['otlp'] } = one.options
  const each = await Promise.all(into.map((destination) => tallies[destination]?.() ?? receiver))
  const total = (count: (tally: Tally) => number): number =>
    each.reduce((sum, tally) => sum + count(tally), 0)
  const { missing: _, ...counts } = receiver
  const usage = toldUsage(setup.folder)
  return {
    ...{ events: one.events, setAside: [], heapMb: [], wallMs, ...usage, asana },
    receiver: { ...counts, repeats: total(({ repeats }) => repeats) },
    lost: total(({ missing }) => missing.length),
  } satisfies Round
})

/** The events in a file of OTLP JSON lines. */
export async function inFile(path: string, events: number): Promise<Tally> {
  const found = arrivals(events, 'log.record.uid')
  let line = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 22 })) {
    const text = Buffer.concat([line, chunk as Buffer])
    const end = text.lastIndexOf('\n') + 1
    found.add({ body: text.subarray(0, end), gzip: false, at: Date.now() })
    line = text.subarray(end)
  }
  return found.tally()
}
