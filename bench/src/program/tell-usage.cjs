// Loaded before a program that is measured until its end: at its exit it writes what it used into a file of its own.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')

process.once('exit', () => {
  const { user, system } = process.cpuUsage()
  const usage = { cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 }
  writeFileSync(join(process.env.BENCH_USAGE, `${process.pid}.json`), JSON.stringify(usage))
})
