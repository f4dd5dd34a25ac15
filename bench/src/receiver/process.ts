import { serve } from '../ipc.ts'
import { type ReceiverSettings, startReceiver } from './receiver.ts'

const receiver = await startReceiver()

serve({
  origin: () => receiver.origin,
  set: (settings: ReceiverSettings) => receiver.set(settings),
  stats: () => receiver.stats(),
  times: () => receiver.times(),
  kept: () => receiver.kept(),
})
