#!/usr/bin/env node
// Import nothing before this check: on an older Node our dependencies fail to load, with a stack trace.
const needed = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  const { begin } = await import('./begin.ts')
  begin(import.meta.filename)
  const { main } = await import('./main.ts')
  await main()
} else {
  process.stderr.write(
    `asana-audit needs Node ${needed.join('.')} or later, and this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org, or put it first in PATH. Nothing was started.\n',
  )
  process.exitCode = 2
}

export {}
