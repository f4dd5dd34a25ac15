// lifecycle.test.ts runs this in its own process, which must end by itself.
import { startSimulator } from '../src/index.ts'
import { ask } from './client.ts'

const simulator = await startSimulator({ events: 0, latencyMs: 3_600_000 })
const unanswered = ask(simulator).catch(() => 'unanswered')
while (simulator.stats.inFlight === 0) await new Promise(setImmediate)
await simulator.close()
process.stdout.write(String(await unanswered))
