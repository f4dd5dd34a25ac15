// A process of little-memory.test.ts: looks at 300 clients whose texts have a megabyte each, and prints how many it knows.
import { publicAddress } from '../../src/public-address.ts'
import { userAgentOf } from '../../src/user-agent-of.ts'

const known = new Set<unknown>()
for (let number = 0; number < 300; number += 1) {
  const filling = ' '.repeat(1_000_000)
  known.add(userAgentOf(`curl/8.${number}.0 (made by a test)${filling}`)?.version)
  known.add(publicAddress(`2001:0db8:0000:0000:0000:0000:0000:${number}%${filling}`))
}
// Nothing was known of the addresses.
process.stdout.write(String(known.size - 1))
