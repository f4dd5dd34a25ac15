import { expect, test } from 'vitest'
import { gidOf, loginEvent } from '../support/servers/asana-server.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'

// An index that Splunk does not have loses the events without a word.

test('an index that nobody has is refused on the page, unless this Splunk forwards to others', async () => {
  const { splunkd, params } = await inputScene(3)
  const refusal = (index: string) => splunkd.validate(inputProgram, 'a', { ...params, index })
  for (const index of ['asanaa', '../passwords', '<a>&"b"'])
    expect(await refusal(index)).toMatch(
      /is not on this Splunk, which forwards to no other.*Make it, or choose/,
    )
  expect(await refusal('main')).toBeUndefined()
  expect(await refusal('default')).toBeUndefined()
  splunkd.settings.outputs.add('tcpout:indexers')
  expect(await refusal('asanaa')).toBeUndefined()
})

test('an input whose index is missing waits until somebody makes it', async () => {
  const { splunkd, params, asana } = await inputScene(3)
  const input = splunkd.start(inputProgram, 'a', { ...params, index: 'asana' })
  await expect.poll(() => input.log()).toMatch(/^ERROR asana_audit event="paused" .*code="index_missing"/m)
  expect(asana.requests).toEqual([])
  expect(await input.stop()).toBe(0)
  splunkd.settings.indexes.set('asana', { disabled: false })
  const next = splunkd.start(inputProgram, 'a', { ...params, index: 'asana' })
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(3))
  await next.stop()
})

test('an index that is deleted while its input runs ends the input, and what it threw away comes again', async () => {
  const { splunkd, params, events } = await inputScene(3)
  splunkd.settings.indexes.set('asana', { disabled: false })
  const brisk = { ...params, index: 'asana', trail: '6s' }
  const input = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(3))
  splunkd.settings.indexes.delete('asana')
  events.push(loginEvent(3))
  await expect.poll(() => input.log()).toMatch(/^ERROR asana_audit event="failed" .*code="index_missing"/m)
  await input.stop()
  splunkd.settings.indexes.set('asana', { disabled: false })
  const next = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => splunkd.gids()).toContain(gidOf(3))
  await next.stop()
})

test('an index of any name comes whole in the stream', async () => {
  const { splunkd, params } = await inputScene(3)
  splunkd.settings.outputs.add('tcpout:indexers')
  const index = '<a>&amp;"b"\'ü'
  const input = splunkd.start(inputProgram, 'a', { ...params, index })
  await expect.poll(() => splunkd.events().map((event) => event.index)).toEqual([index, index, index])
  await input.stop()
  expect(input.stream.problem()).toBeUndefined()
})
