import { serve } from '../ipc.ts'
import { startTenantServer, type TenantServer, type TenantSettings } from './tenant-server.ts'

let server: TenantServer

serve({
  async start(settings: TenantSettings) {
    server = await startTenantServer(settings)
    return server.url
  },
  reset: () => server.reset(),
  stats: () => server.stats(),
})
