/** One thing wrong with a policy. */
export interface PolicyProblem {
  /**
   * The path of the option, outermost first: `['fields', 'actor.emial']`, `['hashKey']`. Names are as they were
   * written.
   */
  readonly path: readonly string[]
  /** The problem and a good value, without a capital letter or full stop. Never holds the key. */
  readonly message: string
}

/** The error that `fieldPolicy` and `relevancePolicy` throw. */
export interface PolicyError extends TypeError {
  readonly code: 'invalid_field_policy' | 'invalid_relevance'
  readonly problems: readonly PolicyProblem[]
}

/** `what` is the subject of the sentence: `The relevance`. */
export function policyError(
  code: PolicyError['code'],
  what: string,
  problems: readonly PolicyProblem[],
): PolicyError {
  const all = problems.map(({ message }) => message).join('; ')
  return Object.assign(new TypeError(`${what} cannot be used: ${all}.`), { code, problems })
}
