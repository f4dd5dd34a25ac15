import { createRandom } from '../organisation/random.ts'

/** The error envelope of https://developers.asana.com/docs/errors. */
export interface ErrorBody {
  errors: { message: string; help?: string; phrase?: string }[]
}

const help = 'What each status means and what to do about it: https://developers.asana.com/docs/errors'

export function errorBody(...messages: readonly string[]): ErrorBody {
  return { errors: messages.map((message) => ({ message, help })) }
}

const numbers = ['3', '5', '7', '11', '24']
const adjectives = ['patient', 'drowsy', 'striped', 'early', 'velvet']
const animals = ['herons', 'otters', 'beetles', 'lynxes', 'snails']
const verbs = ['whistle', 'wander', 'juggle', 'queue', 'bargain']
const adverbs = ['sideways', 'politely', 'uphill', 'at dawn', 'twice']

/** A 500 carries a phrase that Asana's support can look up; the same `cause` always gives the same one. */
export function serverErrorBody(cause: string): ErrorBody {
  const random = createRandom(cause)
  const phrase = [numbers, adjectives, animals, verbs, adverbs].map((words) => random.pick(words)).join(' ')
  return { errors: [{ message: 'Server Error', phrase }] }
}
