/** The form OCSF accepts as an e-mail address: any other makes a whole event invalid. */
const form = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/

/** A text, if it is an e-mail address: for places that accept nothing else. */
export function emailAddress(text: unknown): string | undefined {
  return typeof text === 'string' && form.test(text) ? text : undefined
}
